// Layers and the columns they read in; a dense-chain region and its output columns out, where float32 holds its weights.

import type { DenseLayer } from '../../../src/regions/dense-chain.ts'
import type { ColumnRef } from '../../../src/regions/region.ts'
import type { Matrix } from './estimator-reader.ts'
import type { ColumnSet, GraphBuilder } from './graph-builder.ts'
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
  const inputs = input.columns.map(({ ref }) => ref)
  const region = builder.add({ kind: 'dense-chain', inputs, layers })
  return Array.from({ length: layers[layers.length - 1].outputWidth }, (_, column) => ({ region, column }))
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
