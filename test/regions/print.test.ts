// The text that inspect shows of a graph.
import { expect, test } from 'vitest'
import { printRegions } from '../../src/regions/print.ts'
import { createRandom, randomChain, randomEnsemble } from '../helpers/random-regions.ts'

test('prints trees and what they read', () => {
  const graph = randomEnsemble(createRandom(1), { trees: 3, depth: 2, features: 3, leafChance: 0 })
  expect(printRegions(graph)).toBe(
    [
      '0 input: 3 columns',
      '1 ranks: 3 columns of 6, 6, set flip points ← 0.0–2',
      '2 tree-ensemble: sum of 3 trees, depth 2, 21 nodes, 1 output ← 1.0–2',
      'output ← 2.0',
    ].join('\n'),
  )
})

test('prints preprocessing and layers', () => {
  const text = printRegions(randomChain(createRandom(2), [2, 3, 1], 'relu'))
  expect(text).toMatch(/^1 impute: fill [\d.]+, [\d.]+ ← 0\.0–1$/m)
  expect(text).toMatch(/^2 scale: \(x − /m)
  expect(text).toMatch(/^3 dense-chain: 2 → 3 relu → 1 ← 2\.0–1$/m)
})

test('keeps every line within 120 characters', () => {
  const graph = randomEnsemble(createRandom(3), { trees: 2, depth: 2, features: 400 })
  const scattered = graph.output.flatMap((ref) => new Array<typeof ref>(90).fill(ref))
  const lines = printRegions({ ...graph, output: scattered }).split('\n')
  expect(Math.max(...lines.map(({ length }) => length))).toBe(120)
  expect(lines.at(-1)).toMatch(/…$/)
})
