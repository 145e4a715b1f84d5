// A chain of dense layers, a plan of encodings and rows of the chain's inputs in; the chain as it is stored out.

import type { DenseLayer } from '../../src/regions/dense-chain.ts'
import { roundToGrid } from './affine-grid.ts'
import { type RefinableLayer, refineOutputs } from './answer-refinement.ts'
import { runLayer, runLayers } from './chain-activations.ts'
import { arrangeChain } from './chain-arrangement.ts'
import { type DensePlan, joinLayer, type StoredLayer, storeDenseLayer } from './dense-layer.ts'
import { type StoredFloats, storeFloats } from './stored-floats.ts'

/** Products that a conversion may spend on one chain: about a second. */
const operationBudget = 6e8
const passCount = 4

export type StoredChain = {
  readonly layers: readonly StoredLayer[]
  /** Input of the source chain that stands at each place. */
  readonly inputOrder: Int32Array
}

/**
 * Layer after layer, each rounded for the inputs that the stored layers before it give; then the codes of all layers
 * together are refined against the chain's outputs.
 */
export function storeDenseChain(
  source: readonly DenseLayer[],
  plans: readonly DensePlan[],
  sourceRows: readonly Float64Array[],
): StoredChain {
  const { layers, inputOrder, rows, parts } = arrangeChain(source, plans, sourceRows)
  const stored: StoredLayer[] = []
  let inputs = rows
  layers.forEach((layer, index) => {
    const plan = plans[index]
    if (plan.weights === 'float32') stored.push(storePlainLayer(layer, plan))
    else stored.push(storeDenseLayer(layer, inputs, { plan, parts: parts[index] }))
    inputs = inputs.map((row) => runLayer(stored[index].layer, row))
  })
  const isRefined = plans.some(({ weights }) => weights === 'uint8')
  return { layers: isRefined ? refine(layers, stored, rows) : stored, inputOrder }
}

/** How many rows a chain can be fitted to in reasonable time; too few for a wide one to learn from gives 0. */
export function affordableRows(layers: readonly DenseLayer[]): number {
  const outputWidth = layers[layers.length - 1].outputWidth
  const weightCount = layers.reduce((sum, layer) => sum + layer.weights.length, 0)
  const widest = Math.max(...layers.map(({ inputWidth }) => inputWidth))
  const rowCount = Math.floor(operationBudget / (passCount * weightCount * (3 + outputWidth)))
  return rowCount < 2 * widest ? 0 : Math.min(2048, rowCount)
}

/** Weights that stay float32 keep scale 1, so that they are the source's own, rounded once. */
function storePlainLayer(layer: DenseLayer, plan: DensePlan): StoredLayer {
  return joinLayer(layer, {
    q: [storeFloats(layer.weights, 'float32')],
    scales: storeFloats(new Float64Array(layer.outputWidth).fill(1), plan.scales),
    bias: storeFloats(layer.bias, plan.bias),
  })
}

function refine(
  layers: readonly DenseLayer[],
  stored: readonly StoredLayer[],
  rows: readonly Float64Array[],
): StoredLayer[] {
  const rowCount = affordableRows(layers)
  if (rowCount === 0) return [...stored]
  const chosen = rows.slice(0, rowCount)
  const refinable = stored.map((each, index): RefinableLayer => {
    const { q, scales, layer } = each
    const steps = q.flatMap(({ encoding, grid, values }) => {
      const step = encoding === 'uint8' && grid !== undefined ? grid.scale : 0
      return Array<number>(values.length / layer.outputWidth).fill(step)
    })
    return {
      layer: { ...layer, weights: Float64Array.from(layer.weights) },
      wanted: layers[index].weights,
      steps: Float64Array.from(steps),
      scales: scales.values,
    }
  })
  refineOutputs(refinable, {
    rows: chosen,
    wantedOutputs: runLayers(layers, chosen).outputs,
    rowWeights: rowWeights(chosen),
    passCount,
  })
  return stored.map((each, index) => {
    const { weights, outputWidth } = refinable[index].layer
    let start = 0
    const q = each.q.map((part): StoredFloats => {
      const moved = weights.subarray(start, (start += part.values.length))
      if (part.grid === undefined || part.encoding !== 'uint8') return part
      const { grid } = part
      const scaled = moved.map((weight, at) => weight / each.scales.values[at % outputWidth])
      return { ...part, values: scaled.map((value) => roundToGrid(grid, value)) }
    })
    return joinLayer(layers[index], { ...each, q })
  })
}

/** A row whose inputs are ten times as large has answers about as much farther off: each counts by its own measure. */
function rowWeights(rows: readonly Float64Array[]): Float64Array {
  const squares = rows.map((row) => row.reduce((sum, value) => sum + value * value, 0))
  const usual = [...squares].sort((a, b) => a - b)[squares.length >>> 1]
  return Float64Array.from(squares, (square) => (usual > 0 ? usual / Math.max(square, usual) : 1))
}
