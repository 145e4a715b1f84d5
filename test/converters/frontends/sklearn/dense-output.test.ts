import { expect, it } from 'vitest'
import { addDenseChain } from '../../../../converters/frontends/sklearn/dense-output.ts'
import { GraphBuilder } from '../../../../converters/frontends/sklearn/graph-builder.ts'
import { quantizeRegions } from '../../../../converters/quantize/quantize-regions.ts'

const place = { path: '', className: 'LinearRegression', version: '1.9.1' }

function graphOf(weights: readonly number[], isSparse = false) {
  const builder = new GraphBuilder(weights.map((_, i) => `x${i}`))
  const layer = {
    inputWidth: weights.length,
    outputWidth: 1,
    weights: Float64Array.from(weights),
    bias: Float64Array.of(1),
    activation: 'identity',
  } as const
  const output = addDenseChain([layer], { ...builder.input(), isSparse }, { builder, place })
  return { graph: builder.graph(output), features: builder.features(output) }
}

it('keeps linear models whose weights are alike for graphs', () => {
  expect(graphOf([1, -2, 0, 1e5, 3, 3]).graph.regions.at(-1)?.kind).toBe('dense-chain')
})

it('keeps those of counts of terms for graphs, of whose weights a solver left dust in the place of 0', () => {
  expect(graphOf([2.8, -3, 2e-14, 1, 4], true).graph.regions.at(-1)?.kind).toBe('dense-chain')
})

it.each([
  ['is far from the usual one', [1, -2, 1e9, 3]],
  ['is far from the smallest', [2.8, -3e13, 2e12, 1e13]],
  ['differs from another by less than float32 holds', [-7e17, -7e17 - 2048, 3, 9e17, 9e17 + 4096]],
])('adds terms in float64 where a weight %s, and never rounds them', (_, weights) => {
  const { graph, features } = graphOf(weights)
  expect(graph.regions.at(-1)?.kind).toBe('exact-linear')
  const head = { kind: 'regressor', link: 'identity', targetCount: 1 } as const
  const stored = quantizeRegions(graph, { mode: 'uint8', schema: { features, outputs: ['value'] }, head })
  expect(stored.graph.regions.at(-1)).toEqual(graph.regions.at(-1))
})
