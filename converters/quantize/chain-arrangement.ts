// A chain, its plans and rows of its inputs in; the same chain with the rows of each matrix sorted into parts out.

import type { DenseLayer } from '../../src/regions/dense-chain.ts'
import { runLayers } from './chain-activations.ts'
import { columnScales, type DensePlan, storeScales } from './dense-layer.ts'
import { arrangeRows, type RowArrangement, type RowPart } from './row-parts.ts'
import { expectedEnergies } from './second-moments.ts'

export type ArrangedChain = {
  /** Hidden units and inputs in another order; the answers are the same. */
  readonly layers: readonly DenseLayer[]
  /** Input of the source that stands at each place. */
  readonly inputOrder: Int32Array
  readonly rows: readonly Float64Array[]
  /** Of each layer; undefined where weights are not on a grid. */
  readonly parts: readonly (readonly RowPart[] | undefined)[]
}

/** Enough to say how large the inputs of each layer are. */
const measuredRows = 256

export function arrangeChain(
  layers: readonly DenseLayer[],
  plans: readonly DensePlan[],
  rows: readonly Float64Array[],
): ArrangedChain {
  const { inputs } = runLayers(layers, rows.slice(0, measuredRows))
  const arrangements = layers.map((layer, index) => arrangementOf(layer, plans[index], inputs[index]))
  const orders = arrangements.map(
    (each, index) => each?.order ?? Int32Array.from(Array(layers[index].inputWidth).keys()),
  )
  return {
    layers: layers.map((layer, index) => reordered(layer, orders[index], orders.at(index + 1))),
    inputOrder: orders[0],
    rows: rows.map((row) => inOrder(row, orders[0])),
    parts: arrangements.map((each) => each?.parts),
  }
}

/** A plain loop: `Float64Array.from` takes seconds for rows of tens of thousands of terms. */
function inOrder(row: Float64Array, order: Int32Array): Float64Array {
  const ordered = new Float64Array(order.length)
  for (let place = 0; place < order.length; place++) ordered[place] = row[order[place]]
  return ordered
}

function arrangementOf(
  layer: DenseLayer,
  { weights: encoding, scales, wordRows }: DensePlan,
  inputs: readonly Float64Array[],
): RowArrangement | undefined {
  if (wordRows === undefined || (encoding !== 'uint8' && encoding !== 'uint16')) return undefined
  const { inputWidth, outputWidth, weights } = layer
  const { values } = storeScales(columnScales(layer), scales)
  const magnitudes = new Float64Array(inputWidth)
  for (let at = 0; at < weights.length; at++) {
    const row = Math.floor(at / outputWidth)
    magnitudes[row] = Math.max(magnitudes[row], Math.abs(weights[at]) / values[at % outputWidth])
  }
  return arrangeRows(magnitudes, expectedEnergies(inputs, inputWidth), { encoding, wordRows, outputWidth })
}

/** `outputOrder` is the order in which the next layer reads; undefined for the last layer. */
function reordered(layer: DenseLayer, inputOrder: Int32Array, outputOrder: Int32Array | undefined): DenseLayer {
  const { outputWidth } = layer
  const columns = outputOrder ?? Int32Array.from(Array(outputWidth).keys())
  const weights = new Float64Array(layer.weights.length)
  inputOrder.forEach((source, row) => {
    columns.forEach((column, at) => (weights[row * outputWidth + at] = layer.weights[source * outputWidth + column]))
  })
  return { ...layer, weights, bias: Float64Array.from(columns, (column) => layer.bias[column]) }
}
