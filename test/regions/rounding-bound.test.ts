// The bound holds for honest float32 arithmetic and is small enough to catch a wrong leaf or weight.
import { expect, test } from 'vitest'
import { interpret } from '../../src/regions/interpret.ts'
import { roundingBound } from '../../src/regions/rounding-bound.ts'
import { createRandom, randomChain, randomEnsemble, randomRows } from '../helpers/random-regions.ts'

test('holds for a dense chain computed in float32, and is tight', () => {
  const random = createRandom(7)
  for (const activation of ['relu', 'tanh', 'logistic'] as const) {
    const graph = randomChain(random, [20, 64, 32, 2], activation)
    const chain = graph.regions[3]
    if (chain.kind !== 'dense-chain') throw new RangeError('no dense chain')
    for (const row of randomRows(random, graph, 20)) {
      let values: Float32Array = Float32Array.from(interpret({ ...graph, output: [...chain.inputs] }, row))
      for (const { inputWidth, outputWidth, weights, bias, activation: bend } of chain.layers) {
        const next = Float32Array.from(bias)
        for (let i = 0; i < inputWidth; i++)
          for (let j = 0; j < outputWidth; j++)
            next[j] = Math.fround(next[j] + Math.fround(values[i] * Math.fround(weights[i * outputWidth + j])))
        const bends = {
          identity: (x: number) => x,
          relu: (x: number) => Math.max(0, x),
          tanh: Math.tanh,
          logistic: (x: number) => 1 / (1 + Math.exp(-x)),
        }
        values = next.map(bends[bend])
      }
      const bound = roundingBound(graph, row)
      interpret(graph, row).forEach((exact, k) => expect(Math.abs(values[k] - exact)).toBeLessThanOrEqual(bound[k]))
      for (const limit of bound) expect(limit).toBeLessThan(1e-3)
    }
  }
})

test('is far below the value of one leaf', () => {
  const graph = randomEnsemble(createRandom(8), { trees: 500, depth: 3, features: 5 })
  const [bound] = roundingBound(graph, randomRows(createRandom(9), graph, 1)[0])
  expect(bound).toBeGreaterThan(0)
  expect(bound).toBeLessThan(2e-3)
})

test('lets a column that passes through differ from its stored answer by the digits that are left out', () => {
  // half way between two numbers of float32: where tests of trees flip, and so where check rows lie
  const value = 0.5000000298023225
  const graph = { regions: [{ kind: 'input', width: 1 }], output: [{ region: 0, column: 0 }] } as const
  const [bound] = roundingBound(graph, [value])
  expect(Math.abs(Math.fround(value) - Number(value.toPrecision(10)))).toBeLessThanOrEqual(bound)
  expect(bound).toBeLessThan(1e-7 * value)
})
