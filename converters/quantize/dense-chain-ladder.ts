// A dense chain and a mode in, plans of encodings out, smallest first: how far each may be from the one asked for.

import type { DenseLayer } from '../../src/regions/dense-chain.ts'
import type { DensePlan } from './dense-layer.ts'
import type { QuantizeMode } from './quantize-mode.ts'
import type { FloatEncoding } from './stored-floats.ts'

export type ChainPlan = {
  readonly layers: readonly DensePlan[]
  /** False where the plan is larger than the mode promises; such a plan is the answer only where smaller ones fail. */
  readonly isWithinSize: boolean
}

/** Of the float32 bytes of weights and biases; the promise is 0.3, and shapes and constants of the graph need some. */
const sizeTarget = 0.295

/** Below this, bytes do not matter and accuracy is free: about a page of memory. */
export const smallChainBytes = 1024

const float32: DensePlan = { weights: 'float32', scales: 'float32', bias: 'float32' }
const bytesOfEncoding = { uint8: 1, uint16: 2, float16: 2, float32: 4 } as const satisfies Record<FloatEncoding, number>

/** `knowsInputs`: whether the model says how large the chain's inputs are; else rounding cannot be judged. */
export function planLadder(layers: readonly DenseLayer[], mode: QuantizeMode, knowsInputs: boolean): ChainPlan[] {
  const all = (plan: DensePlan): DensePlan[] => layers.map(() => plan)
  const wide: ChainPlan = { layers: all(float32), isWithinSize: mode === 'none' }
  switch (mode) {
    case 'none':
      return [wide]
    case 'float16':
      return [{ layers: all({ weights: 'float16', scales: 'float32', bias: 'float16' }), isWithinSize: true }, wide]
    case 'uint16':
      return [{ layers: all(wordPlan), isWithinSize: true }, wide]
    case 'uint8':
      if (floatBytes(layers) >= smallChainBytes) return [...byteLadder(layers), wide]
      return knowsInputs ? [{ layers: all(wordPlan), isWithinSize: true }, wide] : [{ ...wide, isWithinSize: true }]
  }
}

/** Scales are rounded before the weights are, so a byte of them loses nothing. */
const wordPlan: DensePlan = { weights: 'uint16', scales: 'float32', bias: 'float32' }

function byteLadder(layers: readonly DenseLayer[]): ChainPlan[] {
  const byte = (bias: 'uint16' | 'uint8'): DensePlan[] =>
    layers.map(() => ({ weights: 'uint8', scales: 'uint8', bias }))
  const fits = (plans: readonly DensePlan[]): boolean => plannedBytes(layers, plans) <= sizeTarget * floatBytes(layers)
  const smallest = fits(byte('uint16')) ? byte('uint16') : byte('uint8')
  // A linear model has no later layer to make up for its rounding: rows with grids of their own do the most for it.
  if (layers.length === 1)
    return [
      { layers: withWordRows(layers, smallest), isWithinSize: true },
      { layers: [{ ...wordPlan, wordRows: 0 }], isWithinSize: false },
    ]
  const larger = largerPlans(layers, smallest).map((plans) => ({ layers: plans, isWithinSize: fits(plans) }))
  return [{ layers: smallest, isWithinSize: true }, ...larger]
}

/** One layer after the other in uint16, small ones first. */
function largerPlans(layers: readonly DenseLayer[], smallest: readonly DensePlan[]): DensePlan[][] {
  let plans = [...smallest]
  return bySize(layers).map((index) => (plans = plans.map((plan, at) => (at === index ? wordPlan : plan))))
}

/** Share of the spare bytes that a small layer may take as a whole. */
const mostForOneLayer = 0.75

/** Bytes left below the promise go to the rows that are felt most: more of them in small layers, whose errors add up last. */
function withWordRows(layers: readonly DenseLayer[], plans: readonly DensePlan[]): DensePlan[] {
  const finer = [...plans]
  let spare = sizeTarget * floatBytes(layers) - plannedBytes(layers, plans)
  let rest = layers.reduce((sum, { weights }) => sum + weights.length, 0)
  for (const index of bySize(layers)) {
    const { inputWidth, outputWidth, weights } = layers[index]
    const allowed = weights.length <= mostForOneLayer * spare ? weights.length : (spare * weights.length) / rest
    const wordRows = Math.max(0, Math.min(inputWidth, Math.floor(allowed / outputWidth)))
    finer[index] = { ...plans[index], wordRows }
    spare -= wordRows * outputWidth
    rest -= weights.length
  }
  return finer
}

function bySize(layers: readonly DenseLayer[]): number[] {
  return layers.map((_, index) => index).sort((a, b) => layers[a].weights.length - layers[b].weights.length)
}

export function floatBytes(layers: readonly DenseLayer[]): number {
  return 4 * layers.reduce((sum, { weights, bias }) => sum + weights.length + bias.length, 0)
}

function plannedBytes(layers: readonly DenseLayer[], plans: readonly DensePlan[]): number {
  return layers.reduce((sum, { weights, bias }, index) => {
    const plan = plans[index]
    const perColumn = bytesOfEncoding[plan.scales] + bytesOfEncoding[plan.bias] + (plan.wordRows ?? 0)
    return sum + weights.length * bytesOfEncoding[plan.weights] + bias.length * perColumn
  }, 0)
}
