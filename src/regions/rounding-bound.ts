// A region graph and one canonical row in, how far float32 arithmetic may take each raw output from the float64 oracle out.

import { activate, type DenseChain } from './dense-chain.ts'
import { interpret } from './interpret.ts'
import type { ColumnRef } from './column-ref.ts'
import type { RegionGraph } from './region.ts'
import type { TreeEnsemble } from './tree-ensemble.ts'

/** Relative error of one float32 operation. */
const unit = 2 ** -24

/** Stored answers have ten digits. */
const storedError = 2 ** -30

/** Below the smallest normal float32 devices round coarsely, or to 0. */
const leastNormal = 2 ** -126

/** tanh and exp of TF.js' wasm (XNNPACK polynomials) and cpu stay within this of the true value. */
const activationError = 2 ** -20

/**
 * Bound on |float32 − float64| per raw output, by running error analysis: a sum of n terms rounds like a random walk, so
 * √n units, four times over for safety. A wrong kernel is off by far more, and a wrong leaf by a leaf's value.
 */
export function roundingBound(graph: RegionGraph, row: ArrayLike<number>): Float64Array {
  const bounds = new Map<number, Float64Array>()
  return Float64Array.from(graph.output, ({ region, column }) => {
    const source = graph.regions[region]
    if (source.kind !== 'dense-chain' && source.kind !== 'tree-ensemble')
      return (unit + storedError) * Math.abs(valuesAt(graph, row, [{ region, column }])[0] || 0) + leastNormal
    let bound = bounds.get(region)
    if (bound === undefined) {
      bound =
        source.kind === 'tree-ensemble' ? treeBound(source) : denseBound(source, valuesAt(graph, row, source.inputs))
      bounds.set(region, bound)
    }
    return bound[column]
  })
}

function valuesAt(graph: RegionGraph, row: ArrayLike<number>, output: readonly ColumnRef[]): Float64Array {
  return interpret({ regions: graph.regions, output }, row)
}

/** Which leaves a row reaches is exact; only adding them up rounds. The same for every row. */
function treeBound({ treeStart, jump, leafWidth, leafValues, outputWidth, treeOutput, aggregate, base }: TreeEnsemble) {
  const trees = treeStart.length - 1
  const sums = new Float64Array(outputWidth)
  let leaf = 0
  for (let tree = 0; tree < trees; tree++) {
    const largest = new Float64Array(leafWidth)
    for (let node = treeStart[tree]; node < treeStart[tree + 1]; node++) {
      if (jump[node] !== 0) continue
      for (let k = 0; k < leafWidth; k++) largest[k] = Math.max(largest[k], Math.abs(leafValues[leaf * leafWidth + k]))
      leaf++
    }
    for (let k = 0; k < leafWidth; k++) sums[treeOutput.length > 0 ? treeOutput[tree] : k] += largest[k]
  }
  const scale = aggregate === 'mean' ? trees : 1
  return sums.map((sum, k) => unit * (4 + 4 * Math.sqrt(trees)) * (sum / scale + Math.abs(base[k])))
}

function denseBound(chain: DenseChain, input: Float64Array): Float64Array {
  let values = input
  let errors = input.map((value) => unit * Math.abs(value))
  for (const { inputWidth, outputWidth, weights, bias, activation } of chain.layers) {
    const sums = Float64Array.from(bias)
    const sizes = bias.map(Math.abs)
    const carried = new Float64Array(outputWidth)
    for (let i = 0; i < inputWidth; i++)
      for (let j = 0; j < outputWidth; j++) {
        const weight = weights[i * outputWidth + j]
        sums[j] += values[i] * weight
        sizes[j] += Math.abs(values[i] * weight)
        carried[j] += errors[i] * Math.abs(weight)
      }
    const rounding = unit * (4 + 4 * Math.sqrt(inputWidth))
    const isCurved = activation === 'tanh' || activation === 'logistic'
    // No activation here is steeper than 1, so errors do not grow through it.
    errors = carried.map((error, j) => error + rounding * sizes[j] + (isCurved ? activationError : 0))
    values = sums.map((sum) => activate(activation, sum))
  }
  return errors
}
