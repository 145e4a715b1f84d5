// Random dense chains and rows for them, and whether what a kernel answers is within the bound of float32.

import { expect } from 'vitest'
import type { Activation, DenseChain, DenseLayer } from '../../../../src/regions/dense-chain.ts'
import { interpret } from '../../../../src/regions/interpret.ts'
import type { RegionGraph } from '../../../../src/regions/region.ts'
import { roundingBound } from '../../../../src/regions/rounding-bound.ts'
import type { Random } from '../../../helpers/random-regions.ts'
import { allFeatures } from './dense-kernel.ts'

export const activations = ['identity', 'relu', 'tanh', 'logistic'] as const satisfies readonly Activation[]

export const featureSets = [
  ['plain SIMD', { simd: true, relaxedSimd: false }],
  ...(allFeatures.relaxedSimd ? [['relaxed SIMD', allFeatures] as const] : []),
] as const

export function chainOf(
  random: Random,
  widths: readonly number[],
  activationOf: (layer: number) => Activation,
): DenseChain {
  const number = () => (random() - 0.5) * 2
  const layers = widths.slice(1).map((outputWidth, index): DenseLayer => {
    const inputWidth = widths[index]
    return {
      inputWidth,
      outputWidth,
      weights: Float64Array.from({ length: inputWidth * outputWidth }, () => (2 * number()) / Math.sqrt(inputWidth)),
      bias: Float64Array.from({ length: outputWidth }, number),
      activation: activationOf(index),
    }
  })
  return {
    kind: 'dense-chain',
    inputs: Array.from({ length: widths[0] }, (_, column) => ({ region: 0, column })),
    layers,
  }
}

/** The chain over the first columns of canonical rows of `rowWidth`. */
export function graphOf(chain: DenseChain, rowWidth = chain.inputs.length): RegionGraph {
  const { outputWidth } = chain.layers[chain.layers.length - 1]
  return {
    regions: [{ kind: 'input', width: rowWidth }, chain],
    output: Array.from({ length: outputWidth }, (_, column) => ({ region: 1, column })),
  }
}

export function rowsOf(random: Random, count: number, width: number): Float64Array[] {
  return Array.from({ length: count }, () => Float64Array.from({ length: width }, () => (random() - 0.5) * 6))
}

export function expectWithinBound(graph: RegionGraph, rows: readonly Float64Array[], raw: Float32Array): void {
  const width = graph.output.length
  expect(raw.length).toBe(rows.length * width)
  rows.forEach((row, r) => {
    const [exact, bound] = [interpret(graph, row), roundingBound(graph, row)]
    for (let k = 0; k < width; k++) {
      const off = Math.abs(raw[r * width + k] - exact[k])
      if (!(off <= bound[k]))
        throw new RangeError(`row ${r} column ${k}: got ${raw[r * width + k]}, expected ${exact[k]} ± ${bound[k]}`)
    }
  })
}

/** A layer whose weights are 256 evenly spaced float32 a column, as those of a uint8 artifact. */
export function codedLayer(random: Random, inputWidth: number, outputWidth: number): DenseLayer {
  const scale = Float64Array.from({ length: outputWidth }, () => (0.5 + random()) / 1000)
  const low = Float64Array.from({ length: outputWidth }, () => -0.2 * random())
  return {
    inputWidth,
    outputWidth,
    weights: Float64Array.from({ length: inputWidth * outputWidth }, (_, at) => {
      const code = at < 256 * outputWidth ? Math.floor(at / outputWidth) : Math.floor(random() * 256)
      return Math.fround(low[at % outputWidth] + scale[at % outputWidth] * code)
    }),
    bias: Float64Array.from({ length: outputWidth }, random),
    activation: 'identity',
  }
}
