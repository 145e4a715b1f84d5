// One classification target in, a decoder of its raw columns out: its label and the probabilities of its classes.

import type { ClassifierTarget } from '../artifact/head.ts'
import type { Scalar } from '../artifact/schema.ts'
import { createError } from '../errors.ts'

export type TargetAnswer = { readonly label: Scalar; readonly probabilities: number[] }

export type TargetDecoder = (raw: ArrayLike<number>, offset: number) => TargetAnswer

/** @throws VALIDATION_FAILED where the target's width does not fit its link and classes */
export function createTargetDecoder(target: ClassifierTarget): TargetDecoder {
  assertFits(target)
  const { classes, start, link, scale = 1, tie = 'first' } = target
  if (link === 'sigmoid')
    return (raw, offset) => {
      const margin = scale * raw[offset + start]
      const p = sigmoid(margin)
      // The margin decides, not p: p is exactly 0.5 for every margin below 1e-16.
      const isSecond = tie === 'second' ? margin >= 0 : margin > 0
      return { label: classes[isSecond ? 1 : 0], probabilities: [1 - p, p] }
    }
  if (link === 'identity' && target.width < classes.length)
    return (raw, offset) => {
      const p = raw[offset + start]
      const isSecond = tie === 'second' ? p >= 0.5 : p > 0.5
      return { label: classes[isSecond ? 1 : 0], probabilities: [clampUnit(1 - p), clampUnit(p)] }
    }
  const normalise = inverseLinks[link]
  return (raw, offset) => {
    const probabilities = new Array<number>(classes.length)
    let best = 0
    for (let k = 0; k < classes.length; k++) {
      const value = raw[offset + start + k]
      probabilities[k] = value
      // Raw values decide, not probabilities, which may round to a tie. All links here rise with raw.
      if (tie === 'second' ? value >= probabilities[best] : value > probabilities[best]) best = k
    }
    const top = probabilities[best]
    normalise(probabilities, top)
    return { label: classes[best], probabilities }
  }
}

/** 1 / (1 + exp(−x)) without overflow. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x))
  const e = Math.exp(x)
  return e / (1 + e)
}

/** Raw values to probabilities, in place; `top` is the largest of them. */
const inverseLinks = {
  identity: (values: number[]) => {
    for (let k = 0; k < values.length; k++) values[k] = clampUnit(values[k])
  },
  softmax,
  'ovr-sigmoid': (values: number[], top: number) => {
    let sum = 0
    for (let k = 0; k < values.length; k++) sum += sigmoid(values[k])
    // Far below zero every sigmoid underflows; there sigmoid(x) is exp(x), and softmax is the same quotient.
    if (sum < Number.MIN_VALUE / Number.EPSILON) return softmax(values, top)
    for (let k = 0; k < values.length; k++) values[k] = sigmoid(values[k]) / sum
  },
} as const satisfies Record<string, (values: number[], top: number) => void>

/** A mean of float32 leaves may leave [0, 1] by a rounding; a probability must not. */
function clampUnit(p: number): number {
  return p < 0 ? 0 : p > 1 ? 1 : p
}

function softmax(values: number[], top: number): void {
  let sum = 0
  for (let k = 0; k < values.length; k++) {
    // Where the largest is infinite, those that are share the probability: ∞ − ∞ would be NaN.
    values[k] = values[k] === top ? 1 : Math.exp(values[k] - top)
    sum += values[k]
  }
  for (let k = 0; k < values.length; k++) values[k] /= sum
}

function assertFits({ classes, width, link }: ClassifierTarget): void {
  const isBinary = classes.length === 2 && width === 1
  const fits = link === 'sigmoid' ? isBinary : width === classes.length || (link === 'identity' && isBinary)
  if (fits && width > 0) return
  throw createError(
    'VALIDATION_FAILED',
    `the head decodes ${classes.length} classes from ${width} raw columns by ${link}; expected ${link === 'sigmoid' ? '2 classes and 1 column' : 'one column a class'}`,
    { details: { link, classes: classes.length, width } },
  )
}
