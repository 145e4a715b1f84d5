// A linear model of thousands of counted terms in; bytes whose answers stay near, and rows of a bounded size, out.
import { expect, test } from 'vitest'
import { flat } from '../../../converters/check/answer-difference.ts'
import { featureKnowledge } from '../../../converters/quantize/feature-knowledge.ts'
import { measuringRows, rowsOfWidth } from '../../../converters/quantize/measuring-rows.ts'
import { quantizeRegions } from '../../../converters/quantize/quantize-regions.ts'
import { syntheticRows } from '../../../converters/quantize/synthetic-rows.ts'
import type { ModelSchema } from '../../../src/artifact/schema.ts'
import { interpret } from '../../../src/regions/interpret.ts'
import type { RegionGraph } from '../../../src/regions/region.ts'
import { createDecoder } from '../../../src/rows/decode.ts'
import { createSeededRandom } from '../../../src/rows/seeded-random.ts'
import { binaryHead, columnsOf, type TestModel } from './models.ts'

const termCount = 1500

/** A text, and the counts of its terms. */
const schema: ModelSchema = {
  features: [
    { name: 'text', dtype: 'text', used: true, missing: 'error' },
    ...Array.from({ length: termCount }, (_, at) => {
      return { name: `text: t${at}`, dtype: 'number', of: 0, used: true, missing: 'error' } as const
    }),
  ],
  outputs: ['label', 'probabilities'],
}
const random = createSeededRandom(21)
const inputWidth = 1 + termCount
const graph: RegionGraph = {
  regions: [
    { kind: 'input', width: inputWidth },
    {
      kind: 'dense-chain',
      inputs: columnsOf(0, inputWidth),
      layers: [
        {
          inputWidth,
          outputWidth: 1,
          weights: Float64Array.from({ length: inputWidth }, () => random.normal() ** 3),
          bias: Float64Array.of(0.3),
          activation: 'identity',
        },
      ],
    },
  ],
  output: columnsOf(1, 1),
}
const model: TestModel = { graph, schema, head: binaryHead }

test('a linear model of 1500 terms is stored as bytes whose answers stay near', () => {
  const { head } = model
  const quantized = quantizeRegions(graph, { mode: 'uint8', schema, head })
  const decode = createDecoder(head)
  const probabilityOf = (row: Float64Array, of = graph): number =>
    flat(decode(interpret(of, row), 0).probabilities)[0] ?? NaN
  const rows = syntheticRows(featureKnowledge(graph, schema), 100, { seed: 99 })
  const moves = rows.map((row) => Math.abs(probabilityOf(row) - probabilityOf(row, quantized.graph)))
  expect(Math.max(...moves)).toBeLessThan(0.01)
  expect([...quantized.choices.values()].every(({ encoding }) => encoding !== 'float32')).toBe(true)
})

test('made-up texts have some thirty terms, each as often as others', () => {
  const rows = syntheticRows(featureKnowledge(graph, schema), 400, { seed: 5 })
  const filled = rows.map((row) => row.reduce((count, value) => count + (value === 0 ? 0 : 1), 0))
  const mean = filled.reduce((sum, each) => sum + each, 0) / rows.length
  expect(mean).toBeGreaterThan(28)
  expect(mean).toBeLessThan(32)
  const half = (from: number, to: number) => rows.flatMap((row) => [...row.subarray(from, to)]).filter(Boolean).length
  const [first, second] = [half(1, 1 + termCount / 2), half(1 + termCount / 2, 1 + termCount)]
  expect(Math.abs(first - second)).toBeLessThan(0.05 * (first + second))
  expect(rows.every((row) => row[0] === 0)).toBe(true)
})

test('rows of wide models are fewer, never too few to measure on, and not made twice', () => {
  expect([10, 8192, 32_768, 1 << 20].map(rowsOfWidth)).toEqual([419_430, 512, 128, 64])
  const { fresh, usual } = measuringRows(graph, featureKnowledge(graph, schema), model)
  expect(fresh[0]).toHaveLength(512)
  expect(usual[0]).toBe(fresh[0])
})
