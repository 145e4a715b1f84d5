// Layers and the columns they read in; a dense-chain region and its output columns out.

import type { DenseLayer } from '../../../src/regions/dense-chain.ts'
import type { ColumnRef } from '../../../src/regions/region.ts'
import type { Matrix } from './estimator-reader.ts'
import type { ColumnSet, GraphBuilder } from './graph-builder.ts'

export function addDenseChain(layers: readonly DenseLayer[], input: ColumnSet, builder: GraphBuilder): ColumnRef[] {
  const inputs = input.columns.map(({ ref }) => ref)
  const region = builder.add({ kind: 'dense-chain', inputs, layers })
  return Array.from({ length: layers[layers.length - 1].outputWidth }, (_, column) => ({ region, column }))
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
