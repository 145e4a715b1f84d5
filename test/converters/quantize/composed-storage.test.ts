// Models of several regions and modes in; tables and leaves as small as the whole model's answers allow out.
import { describe, expect, test } from 'vitest'
import { flat } from '../../../converters/check/answer-difference.ts'
import { composedParts } from '../../../converters/quantize/composed-parts.ts'
import { chooseComposed } from '../../../converters/quantize/composed-storage.ts'
import { featureKnowledge } from '../../../converters/quantize/feature-knowledge.ts'
import type { QuantizeMode } from '../../../converters/quantize/quantize-mode.ts'
import { quantizeRegions } from '../../../converters/quantize/quantize-regions.ts'
import { syntheticRows } from '../../../converters/quantize/synthetic-rows.ts'
import { encodeTensor } from '../../../src/artifact/encode-tensor.ts'
import type { Head } from '../../../src/artifact/head.ts'
import { exactTable, type Table } from '../../../src/regions/formula/table.ts'
import { interpret } from '../../../src/regions/interpret.ts'
import type { Region, RegionGraph } from '../../../src/regions/region.ts'
import { restoreRegions } from '../../../src/regions/store.ts'
import { createDecoder } from '../../../src/rows/decode.ts'
import { createSeededRandom } from '../../../src/rows/seeded-random.ts'
import { columnsOf, schemaOf, stumps, type TestModel, treeModel, valueHead } from './models.ts'

const random = createSeededRandom(21)

function table(rows: number, columns: number, size = 1): Table {
  return exactTable(
    Float64Array.from({ length: rows * columns }, () => size * random.normal()),
    columns,
  )
}

/** Standardised inputs, two linear maps one after the other, and as many values. */
function linearModel(inputs: number, middle: number, outputs: number): TestModel {
  const zeros = Array.from({ length: inputs }, () => 0)
  const regions: Region[] = [
    { kind: 'input', width: inputs },
    {
      kind: 'scale',
      inputs: columnsOf(0, inputs),
      form: 'subtract-divide',
      first: zeros,
      second: zeros.map((_, i) => 2 + i),
    },
    { kind: 'linear', inputs: columnsOf(1, inputs), weights: table(inputs, middle), bias: table(1, middle) },
    { kind: 'linear', inputs: columnsOf(2, middle), weights: table(middle, outputs), bias: table(1, outputs) },
  ]
  const head: Head = { kind: 'transformer', width: outputs }
  return { graph: { regions, output: columnsOf(3, outputs) }, head, schema: schemaOf(inputs, ['vector']) }
}

const quantize = ({ graph, head, schema }: TestModel, mode: QuantizeMode, firstLevel = 0) =>
  quantizeRegions(graph, { mode, head, schema, firstLevel })

/** Two classes by the sign of the sum of a forest's leaves. */
function labelModel(leaves: readonly number[]): TestModel {
  const { graph, schema } = treeModel(stumps(leaves), valueHead)
  const head: Head = { kind: 'labels', targets: [{ classes: ['no', 'yes'], label: { start: 0, width: 1 } }] }
  const square: Region = { kind: 'map', inputs: columnsOf(2, 1), functions: [{ name: 'identity', settings: [] }] }
  return { graph: { regions: [...graph.regions, square], output: columnsOf(3, 1) }, head, schema }
}

describe('tables of formulas', () => {
  const model = linearModel(40, 30, 8)

  test('uint8 keeps answers within half a percent of their range, in a third of the bytes of float32', () => {
    const quantized = quantize(model, 'uint8')
    const decode = createDecoder(model.head)
    const rows = syntheticRows(featureKnowledge(model.graph, model.schema), 200, { seed: 77 })
    const answers = (graph: RegionGraph) => rows.map((row) => flat(decode(interpret(graph, row), 0).vector))
    const [before, after] = [answers(model.graph), answers(quantized.graph)]
    for (let k = 0; k < 8; k++) {
      const column = before.map((answer) => answer[k])
      const range = Math.max(...column) - Math.min(...column)
      const moved = Math.max(...column.map((value, row) => Math.abs(value - after[row][k])))
      expect(moved).toBeGreaterThan(0)
      expect(moved / range).toBeLessThan(0.005)
    }
    const bytes = quantized.tensors.map((tensor) => encodeTensor(tensor, quantized.choices.get(tensor.name)).bytes)
    expect(bytes.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(4 * (40 * 30 + 30 * 8) * 0.7)
  })

  test('none keeps every double', () => {
    expect(quantize(model, 'none').graph).toEqual(model.graph)
  })

  test('say how far their elements moved, and the graph is the one that a reader restores', () => {
    const { tensors, choices, stored, graph, maxErrors } = quantize(model, 'uint8')
    const source = model.graph.regions[2]
    const after = graph.regions[2]
    if (source.kind !== 'linear' || after.kind !== 'linear') throw new Error('the third region is linear')
    const errors = source.weights.values.map((value, i) => Math.abs(value - after.weights.values[i]))
    expect(maxErrors.get('formula2/weights')).toBe(Math.max(...errors))
    const decoded = tensors.map((tensor) => [tensor.name, encodeTensor(tensor, choices.get(tensor.name)).decoded]) as [
      string,
      Float64Array,
    ][]
    expect(restoreRegions(stored, new Map(decoded))).toEqual(graph)
  })

  test('go one step further at each level that golden answers refused, up to every double', () => {
    const reached: string[] = []
    let level = 0
    for (;;) {
      const quantized = quantize(model, 'uint8', level)
      const region = quantized.graph.regions[2]
      if (region.kind === 'linear') reached.push(region.weights.form.kind)
      if (quantized.isWidest) break
      expect(quantized.level + 1).toBeGreaterThan(level)
      level = quantized.level + 1
    }
    expect(reached.at(-1)).toBe('float64')
    expect(quantize(model, 'uint8', level).graph).toEqual(model.graph)
    expect(reached.length).toBeLessThanOrEqual(4)
  })
})

describe('trees behind further regions', () => {
  test('are stored as uint8 where the whole model hardly feels it', () => {
    const { choices } = quantize(labelModel([-3, 2, 1, -2, 4, -1]), 'uint8')
    expect(choices.get('trees2/leaf')).toMatchObject({ encoding: 'uint8' })
  })

  test('are stored wider where labels would change, and say so', () => {
    // the first leaf decides, by as much as a rounding of the others
    const { choices } = quantize(labelModel([-0.0004, 0.0004, 40, 40, -40, -40]), 'uint8')
    const { encoding, escalated } = choices.get('trees2/leaf') ?? {}
    expect(encoding).not.toBe('uint8')
    expect(escalated).toMatch(/uint8: \d+ of 512 labels change/)
  })
})

test('of two tables the one that moves answers grows, and the other stays small', () => {
  const { graph, head } = linearModel(40, 30, 8)
  const parts = composedParts(graph, 'uint8', head).filter(({ forms }) => forms.length > 1)
  const [first, second] = parts.filter(({ field }) => field === 'weights')
  const chosen = chooseComposed(graph, parts, {
    firstLevel: 0,
    refusal: '',
    measure: ({ regions }) => {
      const kind = (index: number): string => {
        const region = regions[index]
        return region.kind === 'linear' ? region.weights.form.kind : ''
      }
      return { barUse: kind(second.region) === 'grid' ? 3 : kind(first.region) === 'grid' ? 0.25 : 0, text: 'felt' }
    },
  })
  expect(chosen[parts.indexOf(first)]).toEqual({ level: 0, isWidest: false })
  expect(chosen[parts.indexOf(second)].level).toBeGreaterThan(0)
  expect(chosen[parts.indexOf(second)].escalated).toMatch(/felt/)
})
