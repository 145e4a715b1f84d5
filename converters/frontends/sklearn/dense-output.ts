// Layers and the columns they read in; a dense-chain region, or sums in float64 where float32 loses them, and its output columns out.

import type { DenseLayer } from '../../../src/regions/dense-chain.ts'
import type { ColumnRef } from '../../../src/regions/region.ts'
import { exactTable } from '../../../src/regions/formula/table.ts'
import type { Matrix } from './estimator-reader.ts'
import type { ColumnSet } from './columns.ts'
import type { GraphBuilder } from './graph-builder.ts'
import { type Place, unsupported } from './place.ts'

type Target = { readonly builder: GraphBuilder; readonly place: Place }

/** @throws UNSUPPORTED for a weight that the float32 graph would make infinite */
export function addDenseChain(
  layers: readonly DenseLayer[],
  input: ColumnSet,
  { builder, place }: Target,
): ColumnRef[] {
  for (const { weights, bias } of layers) {
    const outside = weights.find(isOutsideFloat32) ?? bias.find(isOutsideFloat32)
    if (outside !== undefined)
      throw unsupported(place, `a weight of ${outside}`, 'float32 ends at 3.4e38; scale the features and fit again.')
  }
  if (layers.length === 1 && cancels(layers[0], input.isSparse)) return exactSums(layers[0], input, builder)
  const inputs = input.columns.map(({ ref }) => ref)
  const region = builder.add({ kind: 'dense-chain', inputs, layers })
  return Array.from({ length: layers[layers.length - 1].outputWidth }, (_, column) => ({ region, column }))
}

/** A linear model whose terms are added in float64. */
export function exactSums(
  { weights, bias, outputWidth }: DenseLayer,
  { columns }: ColumnSet,
  builder: GraphBuilder,
): ColumnRef[] {
  const computed = builder.compute(
    {
      kind: 'exact-linear',
      inputs: columns.map(({ ref }) => ref),
      weights: { exact: exactTable(weights, outputWidth) },
      bias: { exact: exactTable(bias, outputWidth) },
    },
    columns,
  )
  return computed.map(({ ref }) => ref)
}

/** Weights that are farther apart, from the usual one and from the smallest, lose what float32 holds of the smaller terms' sum. */
const [widestRatio, widestRange] = [1e7, 1e10]

/** Weights that are closer to each other, and not the same, are one to float32; smaller ones are alike for better reasons. */
const [closest, huge] = [1e-8, 1e6]

/**
 * True where the largest weight of an output is that many times another: features that depend on each other got
 * huge weights whose terms cancel, or one feature is as small as its weight is large. Or where most weights differ from
 * another by what float32 drops: whole groups of features depend on each other, and all of them got huge weights.
 * Of sparse columns, counts of terms mostly, the smallest weights are what a solver left of 0.
 */
function cancels({ weights, outputWidth }: DenseLayer, isSparse: boolean): boolean {
  for (let j = 0; j < outputWidth; j++) {
    const sizes = sizesOf(weights, j, outputWidth).sort()
    const largest = sizes[sizes.length - 1]
    if (largest > widestRatio * sizes[sizes.length >>> 1]) return true
    if (!isSparse && largest > widestRange * sizes[0]) return true
    const isClose = (i: number): boolean => sizes[i] > sizes[i - 1] && sizes[i] - sizes[i - 1] < closest * sizes[i]
    if (sizes.filter((size, i) => size > huge && (isClose(i) || isClose(i + 1))).length > sizes.length / 2) return true
  }
  return false
}

/** Of the weights of output `j` that are not 0: behind a hasher most of millions are. */
function sizesOf(weights: Float64Array, j: number, outputWidth: number): Float64Array {
  const sizes: number[] = []
  for (let i = j; i < weights.length; i += outputWidth) if (weights[i] !== 0) sizes.push(Math.abs(weights[i]))
  return Float64Array.from(sizes)
}

function isOutsideFloat32(value: number): boolean {
  return !Number.isFinite(Math.fround(value))
}

/** `coef_` of a linear model, [outputs, inputs], as the weights of a layer, [inputs, outputs]. */
export function transpose({ rowCount, columnCount, values }: Matrix): Float64Array {
  const result = new Float64Array(values.length)
  for (let row = 0; row < rowCount; row++) {
    for (let column = 0; column < columnCount; column++) {
      result[column * rowCount + row] = values[row * columnCount + column]
    }
  }
  return result
}
