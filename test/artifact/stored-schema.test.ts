// Schemas with long runs of like features in; short JSON and the same schemas out, and runs that cannot be refused.
import { expect, test } from 'vitest'
import type { FeatureSchema, ModelSchema } from '../../src/artifact/schema.ts'
import { issueText } from '../../src/artifact/shape.ts'
import { restoreSchema, type StoredSchema, storedSchemaShape, storeSchema } from '../../src/artifact/stored-schema.ts'

const whole: FeatureSchema = { name: 'note', dtype: 'text', used: true, missing: 'error' }
const category: FeatureSchema = { name: 'a', dtype: 'string', used: true, missing: 'error', categories: ['x'] }

const counted = (name: string, used = true): FeatureSchema => ({
  name,
  dtype: 'number',
  of: 0,
  used,
  missing: used ? 'error' : 'handled',
})

const schemaOf = (features: readonly FeatureSchema[]): ModelSchema => ({ features, outputs: ['label'] })
const many = (count: number, nameOf: (at: number) => string, isUsed: (at: number) => boolean = () => true) =>
  Array.from({ length: count }, (_, at) => counted(nameOf(at), isUsed(at)))

/** What a reader of the file makes of it. */
function reread(stored: unknown): ModelSchema {
  const parsed = JSON.parse(JSON.stringify(stored)) as StoredSchema
  const issue = storedSchemaShape.issueOf(parsed)
  if (issue !== undefined) throw new TypeError(issueText(issue))
  return restoreSchema(parsed)
}

const words = (at: number): string => `text: ${(at * 7919).toString(36)}`
const perFeature: readonly (readonly [string, readonly FeatureSchema[], number])[] = [
  ['terms of one vocabulary', [whole, ...many(3000, words)], 9],
  ['terms of which the model reads some', [whole, ...many(3000, words, (at) => at % 9 < 2)], 11],
  ['numbered columns', [whole, ...many(3000, (at) => `text: #${at}`)], 0.2],
  ['some of very many numbers', [whole, ...many(3000, (at) => `text: #${at * 61 + (at % 7)}`)], 4],
  [
    'some of very many numbers, and what the others are',
    [whole, ...many(300, (at) => `text: #${at * at}`), counted('text: #others (l2)'), counted('text: #01')],
    6,
  ],
  ['numbers that do not ascend', many(300, (at) => `#${(at * 7919) % 1000}`), 8],
  [
    'two texts, apart by a category',
    [...many(300, (at) => `é${at * at}`), category, ...many(300, (at) => `b ${at}b`)],
    8,
  ],
  ['names that share half of a character', many(300, (at) => `${at % 2 === 0 ? '😀' : '😁'}${at}`), 12],
  ['numbers with zeros before them', many(300, (at) => `p${String(at).padStart(4, '0')}`), 8],
  [
    'more kinds than a run takes',
    many(300, (at) => `p${at}`).map((each, at) => ({ ...each, units: `${at % 11}` })),
    90,
  ],
]

test.each(perFeature)('writes %s in short, and reads the very schema back', (_, features, mostBytes) => {
  const schema = schemaOf(features)
  const stored = storeSchema(schema)
  expect(reread(stored)).toEqual(schema)
  expect(JSON.stringify(stored).length).toBeLessThan(mostBytes * features.length)
})

test('leaves a few features as they are', () => {
  const schema = schemaOf([whole, category, ...many(63, words)])
  expect(storeSchema(schema).features).toEqual(schema.features)
})

const kind = { dtype: 'number', used: true, missing: 'error' }
const run = (parts: Record<string, unknown>) => ({ kinds: [kind], prefix: 'a', names: ['x', 'y'], ...parts })
const broken: readonly (readonly [string, unknown, string])[] = [
  ['a kind that is not there', run({ turns: [1, 2] }), 'VALIDATION_FAILED'],
  ['a kind without a count', run({ turns: [0, 1, 0] }), 'VALIDATION_FAILED'],
  ['fewer turns than names', run({ turns: [0, 1] }), 'VALIDATION_FAILED'],
  ['more turns than names', run({ turns: [0, 3] }), 'VALIDATION_FAILED'],
  ['a turn of none', run({ turns: [0, 2, 0, 0] }), 'VALIDATION_FAILED'],
]

test.each(broken)('refuses %s', (_, feature, code) => {
  expect(() => reread({ features: [feature], outputs: [] })).toThrow(expect.objectContaining({ code }))
})

test.each([
  ['no kind', run({ kinds: [] })],
  ['nine kinds', run({ kinds: Array<unknown>(9).fill(kind) })],
  ['a kind with a name', run({ kinds: [{ ...kind, name: 'a' }] })],
  ['a run of nothing', run({ names: { from: 0, count: 0 } })],
  ['a run of a billion', run({ names: { from: 0, count: 1e9 } })],
  ['a name that is none', run({ names: ['x', 1] })],
  ['a step that is none', run({ names: { steps: [1, 'x'], more: [] } })],
])('finds %s malformed', (_, feature) => {
  expect(() => reread({ features: [feature], outputs: [] })).toThrow(/malformed at features\.0/)
})

test('refuses runs that a few bytes make longer together than any row', () => {
  const feature = run({ names: { from: 0, count: 1 << 20 } })
  expect(() => reread({ features: [feature, feature], outputs: [] })).toThrow(
    expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
  )
})
