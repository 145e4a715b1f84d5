// One dense layer and the second moments of its inputs in, the same layer as it is stored and read back out.

import type { DenseLayer } from '../../src/regions/dense-chain.ts'
import { type AffineGrid, affineGrid, codeOf, roundToGrid, valueOfCode } from './affine-grid.ts'
import { roundWithCompensation } from './compensated-rounding.ts'
import {
  type FloatEncoding,
  largestDifference,
  roundToFloat16,
  type StoredFloats,
  storeFloats,
} from './stored-floats.ts'

export type DensePlan = {
  readonly weights: FloatEncoding
  readonly scales: FloatEncoding
  readonly bias: FloatEncoding
}

/** W = Q · diag(scales): every column of Q fills its grid, whatever the size of its weights. */
export type StoredLayer = {
  readonly q: StoredFloats
  readonly scales: StoredFloats
  readonly bias: StoredFloats
  /** What the stored tensors amount to. */
  readonly layer: DenseLayer
  /** Largest difference from the layer that was to be stored. */
  readonly maxError: { readonly weights: number; readonly bias: number }
}

/** Past this many inputs, compensation would take minutes and gigabytes; weights are then rounded one by one. */
const mostCompensatedInputs = 2048

/** `moments`: row-major [inputWidth + 1, inputWidth + 1], the last input being the constant 1 of the bias. */
export function storeDenseLayer(layer: DenseLayer, moments: Float64Array, plan: DensePlan): StoredLayer {
  const { inputWidth, outputWidth } = layer
  const scales = storeScales(columnScales(layer), plan.scales)
  const roundQ = quantizerOf(plan.weights)
  const firstBias = storeFloats(layer.bias, plan.bias)
  const isBiasFirst = plan.bias === 'uint8'
  const joined = new Float64Array((inputWidth + 1) * outputWidth)
  joined.set(layer.weights)
  joined.set(layer.bias, inputWidth * outputWidth)
  const round = (row: number, column: number, value: number): number => {
    if (row < inputWidth) return roundQ.round(value / scales.values[column]) * scales.values[column]
    return isBiasFirst ? firstBias.values[column] : value
  }
  const rounded =
    inputWidth > mostCompensatedInputs
      ? joined.map((value, at) => round(Math.floor(at / outputWidth), at % outputWidth, value))
      : roundWithCompensation({
          weights: joined,
          rowCount: inputWidth + 1,
          columnCount: outputWidth,
          moments,
          order: roundingOrder(moments, inputWidth, isBiasFirst),
          round,
        })
  const weights = rounded.slice(0, inputWidth * outputWidth)
  const bias = isBiasFirst ? firstBias : storeFloats(rounded.slice(inputWidth * outputWidth), plan.bias)
  const q = weights.map((value, at) => roundQ.round(value / scales.values[at % outputWidth]))
  return joinLayer(layer, {
    q: { encoding: plan.weights, values: q, ...(roundQ.grid && { grid: roundQ.grid }) },
    scales,
    bias,
  })
}

/** The parts with the layer that they amount to, beside the one that was to be stored. */
export function joinLayer(
  source: DenseLayer,
  { q, scales, bias }: Pick<StoredLayer, 'q' | 'scales' | 'bias'>,
): StoredLayer {
  const weights = q.values.map((value, at) => value * scales.values[at % source.outputWidth])
  const maxError = {
    weights: largestDifference(weights, source.weights),
    bias: largestDifference(bias.values, source.bias),
  }
  return { q, scales, bias, layer: { ...source, weights, bias: bias.values }, maxError }
}

/** Largest magnitude of each column; 1 where all weights are 0. */
function columnScales({ weights, inputWidth, outputWidth }: DenseLayer): Float64Array {
  const scales = new Float64Array(outputWidth)
  for (let at = 0; at < inputWidth * outputWidth; at++)
    scales[at % outputWidth] = Math.max(scales[at % outputWidth], Math.abs(weights[at]))
  return scales.map((scale) => (scale === 0 ? 1 : scale))
}

/** Rounded up, so that no weight falls off its grid; the rounding itself costs nothing, since Q is made for the result. */
function storeScales(scales: Float64Array, encoding: FloatEncoding): StoredFloats {
  if (encoding === 'float32' || encoding === 'float16') return storeFloats(scales.map(nextFloat32), 'float32')
  // A hair above the largest, which would else need a step past the last.
  const largest = scales.reduce((most, scale) => Math.max(most, scale), 0)
  const grid = affineGrid(Float64Array.of(...scales, largest * (1 + 2 ** -20)), encoding)
  return {
    encoding,
    grid,
    values: scales.map((scale) => {
      const code = codeOf(grid, scale)
      const value = valueOfCode(grid, code)
      return value >= scale ? value : valueOfCode(grid, code + 1)
    }),
  }
}

function nextFloat32(value: number): number {
  const rounded = Math.fround(value)
  return rounded >= value ? rounded : Math.fround(value * (1 + 2 ** -23))
}

/** Symmetric about an exact 0: −1 − one step … 1. */
export function symmetricGrid(encoding: 'uint8' | 'uint16'): AffineGrid {
  const half = encoding === 'uint8' ? 128 : 32768
  const scale = 1 / (half - 1)
  return { encoding, scale, min: -(half * scale) }
}

function quantizerOf(encoding: FloatEncoding): {
  readonly round: (value: number) => number
  readonly grid?: AffineGrid
} {
  if (encoding === 'float32') return { round: Math.fround }
  if (encoding === 'float16') return { round: roundToFloat16 }
  const grid = symmetricGrid(encoding)
  return { grid, round: (value) => roundToGrid(grid, value) }
}

/** Inputs with much energy first (GPTQ's act-order); the bias, which is stored finer than the rest, last. */
function roundingOrder(moments: Float64Array, inputWidth: number, isBiasFirst: boolean): Int32Array {
  const energy = (row: number): number => moments[row * (inputWidth + 2)]
  const rows = Array.from({ length: inputWidth }, (_, row) => row).sort((a, b) => energy(b) - energy(a) || a - b)
  return Int32Array.from(isBiasFirst ? [inputWidth, ...rows] : [...rows, inputWidth])
}
