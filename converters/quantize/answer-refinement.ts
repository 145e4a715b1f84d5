// A stored chain of dense layers and rows of its inputs in; codes moved by a step where that brings its outputs nearer
// to those of the source out.

import type { DenseLayer } from '../../src/regions/dense-chain.ts'
import { outputSlopes, runLayers } from './chain-activations.ts'

/** To the end of a grid of uint8 whose middle is 0; half a step more, so that the end itself is within. */
const mostSteps = 127.5

export type RefinableLayer = {
  /** As it is stored; its weights are changed in place. */
  readonly layer: DenseLayer
  /** Weights before rounding: none is moved farther from them than one step. */
  readonly wanted: Float64Array
  /** Distance of neighbouring stored weights as a share of their column's scale; 0 where they may not move. [inputWidth] */
  readonly steps: Float64Array
  /** [outputWidth] */
  readonly scales: Float64Array
}

/**
 * Coordinate descent on the squared change of the outputs over `rows`: to first order within a layer, exact from layer to
 * layer. The aim of AdaRound (Nagel et al. 2020, arXiv:2004.10568), without its randomness, and for the whole chain at
 * once: later layers make up for the errors of earlier ones.
 */
export function refineOutputs(
  refinable: readonly RefinableLayer[],
  options: {
    readonly rows: readonly Float64Array[]
    /** Outputs of the source. */
    readonly wantedOutputs: readonly Float64Array[]
    /** How much the squared change of each row counts. */
    readonly rowWeights: Float64Array
    readonly passCount: number
  },
): void {
  for (let pass = 0; pass < options.passCount; pass++)
    for (let index = refinable.length - 1; index >= 0; index--) refineLayer(refinable, index, options)
}

function refineLayer(
  refinable: readonly RefinableLayer[],
  index: number,
  { rows, wantedOutputs, rowWeights }: Parameters<typeof refineOutputs>[1],
): void {
  const layers = refinable.map(({ layer }) => layer)
  const activations = runLayers(layers, rows)
  const slopes = rows.map((_, row) => outputSlopes(layers, activations, { index, row }))
  const residuals = activations.outputs.map((outputs, row) => outputs.map((value, k) => value - wantedOutputs[row][k]))
  if (refinable[index].steps.every((step) => step === 0)) return
  const columns = transposed(activations.inputs[index], layers[index].inputWidth)
  for (let unit = 0; unit < layers[index].outputWidth; unit++) {
    const moved = refineUnit(refinable[index], unit, { columns, slopes, residuals, rowWeights })
    if (moved === undefined) continue
    const { outputWidth } = layers[index]
    residuals.forEach((residual, row) => {
      for (let k = 0; k < residual.length; k++) residual[k] += moved[row] * slopes[row][k * outputWidth + unit]
    })
  }
}

type Linearised = {
  /** Inputs of the layer, one after the other: [inputWidth, rows]. */
  readonly columns: Float64Array
  readonly slopes: readonly Float64Array[]
  readonly residuals: readonly Float64Array[]
  readonly rowWeights: Float64Array
}

/** Moves weights into one unit, one after the other; how far that moved the unit's sum in each row, if at all. */
function refineUnit(
  { layer, wanted, steps, scales }: RefinableLayer,
  unit: number,
  { columns, slopes, residuals, rowWeights }: Linearised,
): Float64Array | undefined {
  const { inputWidth, outputWidth, weights } = layer
  const rowCount = residuals.length
  const pull = new Float64Array(rowCount)
  const curvature = new Float64Array(rowCount)
  for (let row = 0; row < rowCount; row++)
    for (let k = 0; k < residuals[row].length; k++) {
      const slope = slopes[row][k * outputWidth + unit]
      pull[row] += rowWeights[row] * residuals[row][k] * slope
      curvature[row] += rowWeights[row] * slope * slope
    }
  let moved: Float64Array | undefined
  for (let input = 0; input < inputWidth; input++) {
    if (steps[input] === 0) continue
    const at = input * outputWidth + unit
    const distance = steps[input] * scales[unit]
    const start = input * rowCount
    let first = 0
    let second = 0
    for (let row = 0; row < rowCount; row++) {
      const value = columns[start + row]
      first += value * pull[row]
      second += value * value * curvature[row]
    }
    const step = first > 0 ? -distance : distance
    if (2 * step * first + step * step * second >= 0) continue
    const next = weights[at] + step
    if (Math.abs(next) > mostSteps * distance || Math.abs(next - wanted[at]) > distance) continue
    weights[at] = next
    moved ??= new Float64Array(rowCount)
    for (let row = 0; row < rowCount; row++) {
      const change = step * columns[start + row]
      moved[row] += change
      pull[row] += change * curvature[row]
    }
  }
  return moved
}

function transposed(rows: readonly Float64Array[], width: number): Float64Array {
  const columns = new Float64Array(rows.length * width)
  for (let row = 0; row < rows.length; row++)
    for (let i = 0; i < width; i++) columns[i * rows.length + row] = rows[row][i]
  return columns
}
