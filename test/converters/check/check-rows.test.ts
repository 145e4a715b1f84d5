// What a model knows of its features in; check rows that stand on its thresholds out.
import { expect, test } from 'vitest'
import { answerCheckRows, makeCheckRows } from '../../../converters/check/check-rows.ts'
import { nextUp } from '../../../converters/fold/flip-point.ts'
import { featureKnowledge, type FeatureKnowledge } from '../../../converters/quantize/feature-knowledge.ts'
import type { RegionGraph } from '../../../src/regions/region.ts'
import { binaryHead, stumps, treeModel } from '../quantize/models.ts'

const model = treeModel(stumps([-0.3, 0.2, 0.1, -0.2, 0.4, -0.1]), binaryHead)
const knowledge = featureKnowledge(model.graph, model.schema)

test('stands on flip points and on the doubles after them', () => {
  const values = makeCheckRows(knowledge).map(([value]) => value)
  const flipPoints = [0.5, 1.5, 2.5]
  expect(flipPoints.every((point) => values.includes(point))).toBe(true)
  expect(values.some((value) => flipPoints.map(nextUp).includes(value))).toBe(true)
})

test('gives the same rows each time', () => {
  expect(makeCheckRows(knowledge)).toEqual(makeCheckRows(knowledge))
})

test('gives fewer rows for wide models', () => {
  const wide = Array.from({ length: 100 }, () => knowledge[0])
  expect(makeCheckRows(knowledge)).toHaveLength(32)
  expect(makeCheckRows(wide)).toHaveLength(8)
})

test('leaves values missing only where the model has an answer to that', () => {
  const handled: FeatureKnowledge = { ...knowledge[0], feature: { ...knowledge[0].feature, missing: 'handled' } }
  expect(
    makeCheckRows(knowledge)
      .flatMap((row) => [...row])
      .some(Number.isNaN),
  ).toBe(false)
  expect(
    makeCheckRows([handled])
      .flatMap((row) => [...row])
      .some(Number.isNaN),
  ).toBe(true)
})

test('gives positive numbers where a logarithm reads a feature, whose answers would tell nothing else', () => {
  const graph: RegionGraph = {
    regions: [
      { kind: 'input', width: 2 },
      {
        kind: 'map',
        inputs: [
          { region: 0, column: 0 },
          { region: 0, column: 1 },
        ],
        functions: [
          { name: 'log', settings: [] },
          { name: 'exp', settings: [] },
        ],
      },
    ],
    output: [{ region: 1, column: 0 }],
  }
  const [feature] = model.schema.features
  const schema = { ...model.schema, features: [feature, { ...feature, name: 'other' }] }
  const rows = makeCheckRows(featureKnowledge(graph, schema))
  expect(rows.every(([logged]) => logged > 0)).toBe(true)
  expect(rows.some(([, other]) => other < 0)).toBe(true)
})

test('leaves out rows that overflow, and writes NaN as null', () => {
  const graph = { regions: [{ kind: 'input', width: 1 } as const], output: [{ region: 0, column: 0 }] }
  const rows = [Float64Array.of(1), Float64Array.of(Infinity), Float64Array.of(NaN)]
  expect(answerCheckRows(rows, { source: graph, stored: graph })).toEqual({
    rows: [[1], [null]],
    exact: [[1], [null]],
    quantized: [[1], [null]],
  })
})
