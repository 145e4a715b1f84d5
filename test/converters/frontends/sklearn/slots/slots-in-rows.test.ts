import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newFeature, slotFeature } from '../../../../../converters/frontends/sklearn/feature-record.ts'
import type { SlotBlock } from '../../../../../converters/frontends/sklearn/slots/slot-block.ts'
import { slotsInRows } from '../../../../../converters/frontends/sklearn/slots/slots-in-rows.ts'
import type { ArtifactMetadata } from '../../../../../src/artifact/metadata.ts'
import type { FeatureSchema, ModelSchema } from '../../../../../src/artifact/schema.ts'
import { restoreSchema, storeSchema } from '../../../../../src/artifact/stored-schema.ts'
import type { TextColumns } from '../../../../../src/artifact/text-columns.ts'
import { exactTable } from '../../../../../src/regions/formula/table.ts'
import { interpret } from '../../../../../src/regions/interpret.ts'
import type { ColumnRef, Region, RegionGraph } from '../../../../../src/regions/region.ts'
import { verifyRegions } from '../../../../../src/regions/verify.ts'
import { createRowReader } from '../../../../../src/rows/read-row.ts'
import { regionWidth } from '../../../../../src/rows/row-program.ts'
import { sumTerms } from '../../../../../src/rows/terms/sum-terms.ts'

const place = { path: '', className: 'HashingVectorizer', version: '1.9.1' }
const counts = [29, 40] as const

/** A text that two hashers read, and a number. */
function scene({ signed, binary }: { readonly signed: boolean; readonly binary: boolean }) {
  const shared = { lowercase: true, binary, ngrams: [1, 1], terms: { kind: 'hash', signed } } as const
  const texts: TextColumns[] = [
    { ...shared, start: 2, count: counts[0], analyzer: 'word', tokenPattern: String.raw`\S+` },
    { ...shared, start: 2 + counts[0], count: counts[1], analyzer: 'char', binary: false },
  ]
  const text = { ...newFeature('note'), dtype: 'text' as const, texts, isMissingRefused: true }
  const price = { ...newFeature('price'), dtype: 'number' as const, isMissingRefused: true, isInfiniteRefused: true }
  const slot = slotFeature(0)
  const records = [text, price, ...Array.from({ length: counts[0] + counts[1] }, () => slot)]
  const blocks = texts.map(({ start, count }, reader): SlotBlock => {
    return { start, count, signed, text: { feature: 0, reader }, place }
  })
  const features: FeatureSchema[] = [
    { name: 'note', dtype: 'text', used: true, missing: 'error', texts },
    { name: 'price', dtype: 'number', used: true, missing: 'error' },
    ...texts.flatMap(({ count }, reader) =>
      Array.from({ length: count }, (_, i): FeatureSchema => {
        return { name: `${reader}#${i}`, dtype: 'number', used: true, missing: 'error', of: 0 }
      }),
    ),
  ]
  return { records, blocks, schema: { features, outputs: ['value'] } as ModelSchema }
}

const later = fc.constantFrom('weights', 'scale', 'negative', 'l1', 'l2', 'max', 'select', 'twice', 'identity')
const pipeline = fc.record({
  first: fc.constantFrom('none', 'sublinear', 'above'),
  steps: fc.array(later, { maxLength: 4 }),
  end: fc.constantFrom('linear', 'exact-linear', 'chain', 'trees'),
  blocks: fc.constantFrom([0], [1], [0, 1]),
  besideNumber: fc.boolean(),
  width: fc.integer({ min: 1, max: 3 }),
  /** Share of slots that differ from the usual one at each step. */
  unusual: fc.constantFrom(0, 0.05, 0.3, 1),
  usual: fc.constantFrom(0, 0.5),
  seed: fc.integer({ min: 1, max: 1e9 }),
})
type Pipeline = typeof pipeline extends fc.Arbitrary<infer Value> ? Value : never

function refsOf(region: number, count: number, start = 0): ColumnRef[] {
  return Array.from({ length: count }, (_, i) => ({ region, column: start + i }))
}

function graphOf(pipelines: readonly Pipeline[]): RegionGraph {
  const regions: Region[] = [{ kind: 'input', width: 2 + counts[0] + counts[1] }]
  const output: ColumnRef[] = []
  const add = (region: Region): ColumnRef[] => {
    regions.push(region)
    return refsOf(regions.length - 1, regionWidth(region))
  }
  for (const { first, steps, end, blocks, besideNumber, width, unusual, usual, seed } of pipelines) {
    let state = seed
    const draw = (): number => (state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff) / 0x7fffffff
    const numbers = (count: number, common: number): number[] =>
      Array.from({ length: count }, () => (draw() < unusual ? 0.25 + draw() : common))
    let refs = blocks.flatMap((block) => refsOf(0, counts[block], 2 + block * counts[0]))
    for (const step of [first, ...steps]) {
      const inputs = refs
      const zeros = inputs.map(() => 0)
      const weights = exactTable(Float64Array.from(numbers(inputs.length, 3)), inputs.length)
      if (step === 'weights') refs = add({ kind: 'term-weights', inputs, sublinear: false, weights })
      if (step === 'sublinear') refs = add({ kind: 'term-weights', inputs, sublinear: true, weights })
      if (step === 'scale')
        refs = add({ kind: 'scale', inputs, form: 'subtract-divide', first: zeros, second: numbers(inputs.length, 2) })
      if (step === 'negative')
        refs = add({ kind: 'scale', inputs, form: 'multiply-add', first: numbers(inputs.length, -3), second: zeros })
      if (step === 'l1' || step === 'l2' || step === 'max')
        refs = add({ kind: 'normalize', inputs, norm: step, least: 0 })
      if (step === 'identity')
        refs = add({ kind: 'map', inputs, functions: inputs.map(() => ({ name: 'identity', settings: [] })) })
      if (step === 'above')
        refs = add({ kind: 'map', inputs, functions: inputs.map(() => ({ name: 'above', settings: [0] })) })
      if (step === 'select') refs = inputs.filter(() => draw() > 0.2)
      if (step === 'twice') refs = [...inputs, ...inputs].reverse()
      if (refs.length === 0) refs = inputs
    }
    if (besideNumber) refs = [...refs, { region: 0, column: 1 }]
    output.push(...add(endOf(end, refs, { width, draw, weights: numbers(refs.length * width, usual) })))
  }
  return { regions, output }
}

type Ending = { readonly width: number; readonly draw: () => number; readonly weights: readonly number[] }

function endOf(end: string, inputs: readonly ColumnRef[], { width, draw, weights: given }: Ending): Region {
  const weights = Float64Array.from(given)
  const bias = Float64Array.from({ length: width }, draw)
  if (end === 'linear')
    return { kind: 'linear', inputs, weights: exactTable(weights, width), bias: exactTable(bias, width) }
  if (end === 'exact-linear') {
    const exact = { weights: { exact: exactTable(weights, width) }, bias: { exact: exactTable(bias, width) } }
    return { kind: 'exact-linear', inputs, ...exact }
  }
  if (end === 'chain') {
    const layer = { inputWidth: inputs.length, outputWidth: width, weights, bias, activation: 'identity' } as const
    return { kind: 'dense-chain', inputs, layers: [layer] }
  }
  // one test of any input, which no rounding of a sum can tip
  const feature = Math.min(inputs.length - 1, Math.floor(draw() * inputs.length))
  return {
    kind: 'split-trees',
    inputs,
    treeStart: Int32Array.of(0, 3),
    jump: Int32Array.of(2, 0, 0),
    feature: Int32Array.of(feature, inputs.length - 1, 0),
    threshold: Float64Array.of(1e-3, 0, 0),
    missingLeft: new Uint8Array(3),
    categorySet: Int32Array.of(-1, -1, -1),
    categorySets: [],
    leafWidth: 1,
    leafValues: Float64Array.of(-1, 1),
    cover: new Float64Array(0),
    precision: 'float64',
    outputWidth: 1,
    treeOutput: new Int32Array(0),
    aggregate: 'sum',
    base: new Float64Array(1),
  }
}

function answer(schema: ModelSchema, graph: RegionGraph, row: unknown): number[] {
  const reader = createRowReader(schema)
  const canonical = new Float64Array(reader.width)
  reader.read(row, canonical, 0)
  return [...interpret(graph, canonical)]
}

/** From sums that are made while the text is read, where the model only adds terms up. */
function summedAnswer(schema: ModelSchema, graph: RegionGraph, row: unknown): number[] | undefined {
  const inputs = [{ name: 'features', width: graph.output.length, region: -1 }]
  const check = { rows: [], exact: [], quantized: [] }
  const summed = sumTerms({ schema, inputs, check } as unknown as ArtifactMetadata, graph, [])
  if (summed === undefined) return undefined
  const reader = createRowReader(schema, { sums: summed.createSums() })
  const canonical = new Float64Array(reader.width)
  reader.read(row, canonical, 0)
  return [...interpret(summed.graph, canonical)]
}

function expectNear(got: readonly number[], wanted: readonly number[]): void {
  const size = Math.max(1, ...wanted.map(Math.abs))
  got.forEach((value, i) => {
    if (!Object.is(value, wanted[i])) expect(Math.abs(value - wanted[i]) / size).toBeLessThan(1e-9)
  })
  expect(got).toHaveLength(wanted.length)
}

const words = fc.array(fc.constantFrom('a', 'B', 'ab', 'straße', '漢', '👍🏽', 'xyz', 'hot', 'not', 'rooms'), {
  maxLength: 9,
})
const notes = fc.oneof(
  words.map((all) => all.join(' ')),
  fc.string({ maxLength: 20 }),
)

describe('slots in rows', () => {
  it('answer as all slots would, whatever steps stand behind two hashers and whatever texts are read', () => {
    let summedCount = 0
    fc.assert(
      fc.property(
        fc.array(pipeline, { minLength: 1, maxLength: 2 }),
        fc.record({ signed: fc.boolean(), binary: fc.boolean() }),
        fc.array(notes, { minLength: 1, maxLength: 4 }),
        (pipelines, { signed, binary }, texts) => {
          // counts below 0 have no logarithm
          const hasLogarithm = pipelines.some(({ first }) => first === 'sublinear')
          const { records, blocks, schema } = scene({ signed: signed && !hasLogarithm, binary })
          const graph = graphOf(pipelines)
          const narrow = slotsInRows({ graph, records, blocks, dict: undefined })
          verifyRegions(narrow.graph)
          const own = restoreSchema(storeSchema({ features: narrow.features, outputs: ['value'] }))
          for (const note of texts) {
            const row = { note, price: note.length }
            const wanted = answer(schema, graph, row)
            expectNear(answer(own, narrow.graph, row), wanted)
            const summed = summedAnswer(own, narrow.graph, row)
            if (summed === undefined) continue
            summedCount++
            expectNear(summed, wanted)
          }
        },
      ),
      { numRuns: 400 },
    )
    expect(summedCount).toBeGreaterThan(100)
  })

  it('are few where most weights are alike', () => {
    const { records, blocks } = scene({ signed: true, binary: false })
    const inputs = refsOf(0, counts[0], 2)
    const weights = Float64Array.from({ length: counts[0] }, (_, i) => (i === 7 || i === 20 ? i : 0))
    const normalize: Region = { kind: 'normalize', inputs, norm: 'l2', least: 0 }
    const bias = exactTable(Float64Array.of(1), 1)
    const linear: Region = { kind: 'linear', inputs: refsOf(1, counts[0]), weights: exactTable(weights, 1), bias }
    const width = 2 + counts[0] + counts[1]
    const graph = {
      regions: [{ kind: 'input', width } as const, normalize, linear],
      output: [{ region: 2, column: 0 }],
    }
    const { features } = slotsInRows({ graph, records, blocks, dict: undefined })
    expect(features.map(({ name }) => name)).toEqual([
      'note',
      'price',
      'note: #7',
      'note: #20',
      'note: #others (l2 norm of values)',
      'note (2): #0',
    ])
  })

  const steps: [string, (count: number) => Region][] = [
    [
      'map',
      (count) => ({
        kind: 'map',
        inputs: refsOf(0, count),
        functions: Array.from({ length: count }, () => ({ name: 'sqrt', settings: [] })),
      }),
    ],
    [
      'scale',
      (count) => {
        const ones = Array.from({ length: count }, () => 1)
        return { kind: 'scale', inputs: refsOf(0, count), form: 'subtract-divide', first: ones, second: ones }
      },
    ],
    ['groups', (count) => ({ kind: 'groups', inputs: refsOf(0, count), operation: 'sum', size: count })],
  ]

  /** Rows are dicts whose names are hashed to so many columns. */
  function narrowBehind(step: (count: number) => Region, count: number) {
    const region = step(count)
    const width = regionWidth(region)
    const weights = exactTable(new Float64Array(width).fill(2), 1)
    const linear: Region = {
      kind: 'linear',
      inputs: refsOf(1, width),
      weights,
      bias: exactTable(new Float64Array(1), 1),
    }
    return slotsInRows({
      graph: { regions: [{ kind: 'input', width: count }, region, linear], output: [{ region: 2, column: 0 }] },
      records: new Array(count).fill(slotFeature(undefined)),
      blocks: [{ start: 0, count, signed: false, place }],
      dict: { separator: '=', hashed: { signed: false } },
    })
  }

  it.each(steps)('are all read where a step of kind %s needs each, and rows can hold them', (_, step) => {
    const { features, graph } = narrowBehind(step, 60)
    expect(features).toHaveLength(60)
    verifyRegions(graph)
  })

  it.each(steps)('are refused where a step of kind %s needs each, and they are too many for rows', (kind, step) => {
    const message = kind === 'groups' ? /a region of kind groups needs its 140000 columns one by one/ : /a step of kind/
    expect(() => narrowBehind(step, 140_000)).toThrow(message)
  })

  it('are refused where too many have weights of their own', () => {
    const weighed = (count: number): Region => {
      const weights = exactTable(
        Float64Array.from({ length: count }, (_, i) => i),
        count,
      )
      return { kind: 'term-weights', inputs: refsOf(0, count), sublinear: false, weights }
    }
    expect(() => narrowBehind(weighed, 140_000)).toThrow(
      /139999 of its 140000 columns have weights of their own.*SelectKBest/,
    )
  })
})
