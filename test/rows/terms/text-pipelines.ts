// Random models of two texts and two numbers: vectorizers, pipelines of regions that keep zeros or do not, and what ends them.

import fc from 'fast-check'
import type { FeatureSchema, ModelSchema } from '../../../src/artifact/schema.ts'
import type { TextColumns } from '../../../src/artifact/text-columns.ts'
import { exactTable } from '../../../src/regions/formula/table.ts'
import type { ColumnRef, Region, RegionGraph } from '../../../src/regions/region.ts'
import { regionWidth } from '../../../src/rows/row-program.ts'

export const vocabulary = ['a', 'b', 'ab', 'ba', 'a b', 'ß', 'straße', '漢', '👍🏽', 'b ', ' a'] as const

const shared = { lowercase: true, binary: false } as const
const byName = (start: number, binary: boolean): TextColumns => ({
  ...shared,
  binary,
  start,
  count: vocabulary.length,
  analyzer: 'word',
  tokenPattern: String.raw`(?u)\b\w+\b`,
  ngrams: [1, 2],
  terms: { kind: 'names', prefix: `${start}: ` },
})
const byHash = (start: number, signed: boolean): TextColumns => ({
  ...shared,
  start,
  count: vocabulary.length,
  analyzer: 'char_wb',
  ngrams: [1, 3],
  terms: { kind: 'hash', signed },
})

/** Two texts, of which two vectorizers read the second; the numbers stand around them. */
export const schema: ModelSchema = {
  features: [
    { name: 'stars', dtype: 'number', used: true, missing: 'error' },
    { name: 'title', dtype: 'text', used: true, missing: 'error', texts: [byName(4, false)] },
    { name: 'body', dtype: 'text', used: true, missing: 'error', texts: [byHash(15, true), byName(26, true)] },
    { name: 'price', dtype: 'number', used: true, missing: 'error' },
    ...[4, 15, 26].flatMap((start, block) =>
      vocabulary.map(
        (term): FeatureSchema => ({
          name: `${start}: ${term}`,
          dtype: 'number',
          used: true,
          missing: 'error',
          of: block === 0 ? 1 : 2,
        }),
      ),
    ),
  ],
  outputs: ['value'],
}

/** Numbers without end: an arbitrary of regions asks for as many as its width needs. */
type Draw = () => number

const step = fc.constantFrom('weights', 'sublinear', 'l1', 'l2', 'max', 'scale', 'map', 'select', 'twice', 'clip')
const ending = fc.constantFrom('linear', 'exact-linear', 'chain', 'layers')

export type Pipeline = {
  readonly steps: readonly string[]
  readonly ending: string
  readonly blocks: readonly number[]
  readonly besideNumbers: boolean
  readonly width: number
  readonly seed: number
}

export const pipelines: fc.Arbitrary<readonly Pipeline[]> = fc.array(
  fc.record({
    steps: fc.array(step, { maxLength: 4 }),
    ending,
    blocks: fc.subarray([4, 15, 26], { minLength: 1 }),
    besideNumbers: fc.boolean(),
    width: fc.integer({ min: 1, max: 3 }),
    seed: fc.integer({ min: 1, max: 1e9 }),
  }),
  { minLength: 1, maxLength: 3 },
)

/** Each pipeline reads the texts, and gives columns of the answer. */
export function graphOf(given: readonly Pipeline[]): RegionGraph {
  const regions: Region[] = [{ kind: 'input', width: schema.features.length }]
  const output: ColumnRef[] = []
  const add = (region: Region): ColumnRef[] => {
    regions.push(region)
    return columnsOf(regions.length - 1, regionWidth(region))
  }
  for (const { steps, ending: end, blocks, besideNumbers, width, seed } of given) {
    const draw = drawFrom(seed)
    let refs = blocks.flatMap((start) => columnsOf(0, vocabulary.length, start))
    for (const name of steps) refs = stepRefs(name, refs, draw, add)
    if (besideNumbers) {
      refs = [{ region: 0, column: 3 }, ...refs, { region: 0, column: 0 }]
      refs = add(scale(refs, draw))
    }
    output.push(...add(ends(end, refs, { width, draw })))
  }
  return { regions, output }
}

function columnsOf(region: number, count: number, start = 0): ColumnRef[] {
  return Array.from({ length: count }, (_, i) => ({ region, column: start + i }))
}

function drawFrom(seed: number): Draw {
  let state = seed
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
    return state / 0x3fffffff - 1
  }
}

function drawn(count: number, draw: Draw): Float64Array {
  return Float64Array.from({ length: count }, draw)
}

function scale(inputs: readonly ColumnRef[], draw: Draw): Region {
  const first = inputs.map(() => 0)
  return { kind: 'scale', inputs, form: 'subtract-divide', first, second: inputs.map(() => 0.5 + Math.abs(draw())) }
}

function stepRefs(name: string, inputs: ColumnRef[], draw: Draw, add: (region: Region) => ColumnRef[]): ColumnRef[] {
  const count = inputs.length
  switch (name) {
    case 'weights':
      return add({ kind: 'term-weights', inputs, sublinear: false, weights: exactTable(drawn(count, draw), count) })
    case 'sublinear': {
      // a logarithm wants counts
      const sizes = add({ kind: 'map', inputs, functions: inputs.map(() => ({ name: 'absolute', settings: [] })) })
      return add({ kind: 'term-weights', inputs: sizes, sublinear: true, weights: exactTable(new Float64Array(0), 1) })
    }
    case 'l1':
    case 'l2':
    case 'max':
      return add({ kind: 'normalize', inputs, norm: name, least: 0 })
    case 'scale':
      return add(scale(inputs, draw))
    case 'map':
      return add({ kind: 'map', inputs, functions: inputs.map(() => ({ name: 'above', settings: [0] })) })
    case 'select':
      return inputs.filter((_, i) => i === 0 || draw() > 0)
    case 'twice':
      return [...inputs, ...inputs].reverse()
    default: {
      const [first, second] = [inputs.map(() => 2), inputs.map(() => 0)]
      return add({ kind: 'scale', inputs, form: 'multiply-add', first, second, clip: [-1, 1] })
    }
  }
}

function ends(name: string, inputs: readonly ColumnRef[], { width, draw }: { width: number; draw: Draw }): Region {
  const weights = drawn(inputs.length * width, draw)
  const bias = drawn(width, draw)
  switch (name) {
    case 'linear':
      return { kind: 'linear', inputs, weights: exactTable(weights, width), bias: exactTable(bias, width) }
    case 'exact-linear': {
      const tables = { weights: { exact: exactTable(weights, width) }, bias: { exact: exactTable(bias, width) } }
      return { kind: 'exact-linear', inputs, ...tables }
    }
    default: {
      const first = { inputWidth: inputs.length, outputWidth: width, weights, bias }
      if (name === 'chain') return { kind: 'dense-chain', inputs, layers: [{ ...first, activation: 'identity' }] }
      const second = { inputWidth: width, outputWidth: 1, weights: drawn(width, draw), bias: drawn(1, draw) }
      const layers = [
        { ...first, activation: 'relu' },
        { ...second, activation: 'identity' },
      ] as const
      return { kind: 'dense-chain', inputs, layers }
    }
  }
}
