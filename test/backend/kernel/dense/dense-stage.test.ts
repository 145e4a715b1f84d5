// Kernels of dense chains answer what the float64 reference does, as closely as float32 can.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Activation, DenseChain, DenseLayer } from '../../../../src/regions/dense-chain.ts'
import { interpret } from '../../../../src/regions/interpret.ts'
import type { RegionGraph } from '../../../../src/regions/region.ts'
import { roundingBound } from '../../../../src/regions/rounding-bound.ts'
import { createRandom, type Random } from '../../../helpers/random-regions.ts'
import { allFeatures, denseKernel } from './dense-kernel.ts'

const activations = ['identity', 'relu', 'tanh', 'logistic'] as const satisfies readonly Activation[]

function chainOf(random: Random, widths: readonly number[], activationOf: (layer: number) => Activation): DenseChain {
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

function graphOf(chain: DenseChain): RegionGraph {
  const { outputWidth } = chain.layers[chain.layers.length - 1]
  return {
    regions: [{ kind: 'input', width: chain.inputs.length }, chain],
    output: Array.from({ length: outputWidth }, (_, column) => ({ region: 1, column })),
  }
}

function rowsOf(random: Random, count: number, width: number): Float64Array[] {
  return Array.from({ length: count }, () => Float64Array.from({ length: width }, () => (random() - 0.5) * 6))
}

function expectWithinBound(graph: RegionGraph, rows: readonly Float64Array[], raw: Float32Array): void {
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

const featureSets = [
  ['plain SIMD', { simd: true, relaxedSimd: false }],
  ...(allFeatures.relaxedSimd ? [['relaxed SIMD', allFeatures] as const] : []),
] as const

describe.each(featureSets)('emitDense with %s', (_, features) => {
  const widths = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 70 })), {
    minLength: 2,
    maxLength: 5,
  })

  test('answers within the rounding bound for any widths, activations and numbers of rows', () => {
    fc.assert(
      fc.property(
        widths,
        fc.array(fc.constantFrom(...activations), { minLength: 4, maxLength: 4 }),
        fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 256 })),
        fc.integer(),
        (layerWidths, bends, rowCount, seed) => {
          const random = createRandom(seed)
          const chain = chainOf(random, layerWidths, (layer) => bends[layer])
          const rows = rowsOf(random, rowCount, layerWidths[0])
          const kernel = denseKernel(chain, features)
          const checked = rows.length <= 9 ? rows : [...rows.slice(0, 5), ...rows.slice(-4)]
          const raw = kernel.run(rows)
          const width = graphOf(chain).output.length
          const ends =
            checked === rows ? raw : Float32Array.from([...raw.slice(0, 5 * width), ...raw.slice(-4 * width)])
          expectWithinBound(graphOf(chain), checked, ends)
        },
      ),
      { numRuns: 120 },
    )
  })

  test.each([
    [20, 1],
    [3, 2],
    [33, 3],
    [5, 8],
    [17, 12],
    [70, 37],
    [300, 40],
  ])('answers the same by each variant, for every number of rows, from %d to %d columns', (inputWidth, outputWidth) => {
    const random = createRandom(inputWidth)
    const chain = chainOf(random, [inputWidth, outputWidth], () => 'identity')
    const kernel = denseKernel(chain, features)
    for (const rowCount of [1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 63, 64, 65, 66, 67, 68, 130, 256]) {
      const rows = rowsOf(random, rowCount, inputWidth)
      kernel.titles.forEach((__, variant) => {
        const raw = kernel.run(rows, variant)
        expectWithinBound(graphOf(chain), rows, raw)
      })
    }
  })
})
