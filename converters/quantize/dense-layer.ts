// One dense layer and rows of its inputs in, the same layer as it is stored and read back out.

import type { DenseLayer } from '../../src/regions/dense-chain.ts'
import { type AffineGrid, affineGrid, codeOf, roundToGrid, valueOfCode } from './affine-grid.ts'
import { type CompensatedRounding, roundWithCompensation } from './compensated-rounding.ts'
import { affordableOf, isCheaperByRows, roundForFewRows } from './few-rows-rounding.ts'
import type { RowPart } from './row-parts.ts'
import { inputEnergies, secondMoments } from './second-moments.ts'
import {
  type FloatEncoding,
  largestDifference,
  roundToFloat16,
  type StoredFloats,
  storeFloats,
} from './stored-floats.ts'

export type DensePlan = {
  readonly weights: FloatEncoding
  /** Rows of a uint8 matrix that may be stored as uint16; rows are sorted into parts only where this is given. */
  readonly wordRows?: number
  readonly scales: FloatEncoding
  readonly bias: FloatEncoding
}

/** W = Q · diag(scales): every column of Q fills its grid, whatever the size of its weights. */
export type StoredLayer = {
  /** Rows of Q, one part after the other. */
  readonly q: readonly StoredFloats[]
  readonly scales: StoredFloats
  readonly bias: StoredFloats
  /** What the stored tensors amount to. */
  readonly layer: DenseLayer
  /** Largest differences from the layer that was to be stored, of each part of Q. */
  readonly maxError: { readonly weights: readonly number[]; readonly bias: number }
}

/** `inputs`: rows of what the layer reads. */
export function storeDenseLayer(
  layer: DenseLayer,
  inputs: readonly Float64Array[],
  { plan, parts }: { readonly plan: DensePlan; readonly parts?: readonly RowPart[] },
): StoredLayer {
  const { inputWidth, outputWidth } = layer
  const scales = storeScales(columnScales(layer), plan.scales)
  const quantizers = parts?.map(partQuantizer) ?? [plainQuantizer(plan.weights, inputWidth)]
  const rowQuantizer = quantizers.flatMap((each) => Array<Quantizer>(each.rowCount).fill(each))
  const firstBias = storeFloats(layer.bias, plan.bias)
  const isBiasFirst = plan.bias === 'uint8'
  const joined = new Float64Array((inputWidth + 1) * outputWidth)
  joined.set(layer.weights)
  joined.set(layer.bias, inputWidth * outputWidth)
  const round = (row: number, column: number, value: number): number => {
    if (row < inputWidth) return rowQuantizer[row].round(value / scales.values[column]) * scales.values[column]
    return isBiasFirst ? firstBias.values[column] : value
  }
  const rounded = roundTogether(inputs, {
    weights: joined,
    rowCount: inputWidth + 1,
    columnCount: outputWidth,
    orderOf: (energies) => roundingOrder(energies, rowQuantizer, isBiasFirst),
    round,
  })
  const weights = rounded.slice(0, inputWidth * outputWidth)
  const bias = isBiasFirst ? firstBias : storeFloats(rounded.slice(inputWidth * outputWidth), plan.bias)
  let start = 0
  const q = quantizers.map(({ encoding, grid, round: roundQ, rowCount }): StoredFloats => {
    const part = weights.subarray(start, (start += rowCount * outputWidth))
    const values = part.map((value, at) => roundQ(value / scales.values[at % outputWidth]))
    return { encoding, values, ...(grid && { grid }) }
  })
  return joinLayer(layer, { q, scales, bias })
}

type JointRounding = Omit<CompensatedRounding, 'moments' | 'order'> & {
  readonly orderOf: (energies: Float64Array) => Int32Array
}

/** With compensation, by the cheaper of two ways; weight by weight where there are no rows. */
function roundTogether(inputs: readonly Float64Array[], { orderOf, ...task }: JointRounding): Float64Array {
  const { weights, rowCount, columnCount, round } = task
  const inputWidth = rowCount - 1
  if (!isCheaperByRows(inputs.length, rowCount)) {
    const moments = secondMoments(inputs, inputWidth)
    const energies = Float64Array.from({ length: inputWidth }, (_, input) => moments[input * (rowCount + 1)])
    return roundWithCompensation({ ...task, moments, order: orderOf(energies) })
  }
  const rows = affordableOf(inputs, rowCount)
  if (rows.length === 0) return weights.map((value, at) => round(Math.floor(at / columnCount), at % columnCount, value))
  return roundForFewRows({ ...task, rows, order: orderOf(inputEnergies(inputs, inputWidth)) })
}

/** The parts with the layer that they amount to, beside the one that was to be stored. */
export function joinLayer(
  source: DenseLayer,
  { q, scales, bias }: Pick<StoredLayer, 'q' | 'scales' | 'bias'>,
): StoredLayer {
  const weights = new Float64Array(source.weights.length)
  let start = 0
  const errors = q.map(({ values }) => {
    let largest = 0
    for (let at = 0; at < values.length; at++) {
      weights[start + at] = values[at] * scales.values[at % source.outputWidth]
      largest = Math.max(largest, Math.abs(weights[start + at] - source.weights[start + at]))
    }
    start += values.length
    return largest
  })
  const maxError = { weights: errors, bias: largestDifference(bias.values, source.bias) }
  return { q, scales, bias, layer: { ...source, weights, bias: bias.values }, maxError }
}

/** Largest magnitude of each column; 1 where all weights are 0. */
export function columnScales({ weights, inputWidth, outputWidth }: DenseLayer): Float64Array {
  const scales = new Float64Array(outputWidth)
  for (let at = 0; at < inputWidth * outputWidth; at++)
    scales[at % outputWidth] = Math.max(scales[at % outputWidth], Math.abs(weights[at]))
  return scales.map((scale) => (scale === 0 ? 1 : scale))
}

/** Rounded up, so that no weight falls off its grid; the rounding itself costs nothing, since Q is made for the result. */
export function storeScales(scales: Float64Array, encoding: FloatEncoding): StoredFloats {
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

/** Symmetric about an exact 0: −reach − one step … reach. */
export function symmetricGrid(encoding: 'uint8' | 'uint16', reach = 1): AffineGrid {
  const half = encoding === 'uint8' ? 128 : 32768
  const scale = reach / (half - 1)
  return { encoding, scale, min: -(half * scale) }
}

type Quantizer = {
  readonly encoding: FloatEncoding
  readonly rowCount: number
  readonly round: (value: number) => number
  readonly grid?: AffineGrid
}

function partQuantizer({ encoding, rowCount, reach }: RowPart): Quantizer {
  const grid = symmetricGrid(encoding, reach)
  return { encoding, rowCount, grid, round: (value) => roundToGrid(grid, value) }
}

function plainQuantizer(encoding: FloatEncoding, rowCount: number): Quantizer {
  if (encoding === 'float32') return { encoding, rowCount, round: Math.fround }
  if (encoding === 'float16') return { encoding, rowCount, round: roundToFloat16 }
  return partQuantizer({ encoding, rowCount, reach: 1 })
}

/**
 * Inputs with much energy first (GPTQ's act-order); where rows have grids of their own, those whose rounding is felt
 * most, while finer ones can still make up for them. The bias, which is stored finer than the rest, last.
 */
function roundingOrder(energies: Float64Array, quantizers: readonly Quantizer[], isBiasFirst: boolean): Int32Array {
  const inputWidth = quantizers.length
  const weigh = ({ grid }: Quantizer): number => (grid === undefined ? 1 : grid.scale * grid.scale)
  const felt = Float64Array.from(quantizers, (each, row) => energies[row] * weigh(each))
  const rows = Array.from(felt.keys()).sort((a, b) => felt[b] - felt[a] || a - b)
  return Int32Array.from(isBiasFirst ? [inputWidth, ...rows] : [...rows, inputWidth])
}
