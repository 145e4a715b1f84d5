// Bad rows in, errors out that name the row, the feature, what was expected, what came, and what to do.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FeatureSchema, ModelSchema } from '../../src/artifact/schema.ts'
import { isMLError, type MLError } from '../../src/errors.ts'
import { createRowReader, type ReadRowOptions } from '../../src/rows/read-row.ts'

const number = (name: string, more: Partial<FeatureSchema> = {}): FeatureSchema => ({
  name,
  dtype: 'number',
  used: true,
  missing: 'error',
  ...more,
})
const state: FeatureSchema = {
  ...number('state'),
  dtype: 'string',
  categories: ['CA', 'NY', 'TX', 'WA', 'FL', 'Ohio'],
  unknown: 'error',
}
const vip: FeatureSchema = { ...number('vip'), dtype: 'boolean' }
const schema: ModelSchema = {
  features: [number('total_day_minutes'), number('total_day_calls', { missing: 'handled' }), state, vip],
  outputs: ['label'],
}
const good = { total_day_minutes: 1, total_day_calls: 2, state: 'CA', vip: true }

function errorOf(row: unknown, options: ReadRowOptions = { rowIndex: 3 }, of: ModelSchema = schema): MLError {
  try {
    const reader = createRowReader(of)
    reader.read(row, new Float64Array(reader.width), 0, options)
  } catch (error) {
    if (isMLError(error)) return error
    throw error
  }
  throw new Error('the row was taken')
}

const faults: readonly [string, unknown, string, string | RegExp][] = [
  [
    'an absent name beside its misspelling',
    { ...without('total_day_minutes'), total_day_minute: 1 },
    'total_day_minutes',
    'row 3: feature total_day_minutes is absent; did you mean your total_day_minute?',
  ],
  [
    'an absent name that the model needs',
    without('total_day_minutes'),
    'total_day_minutes',
    'row 3: feature total_day_minutes is absent; the model needs a value for it',
  ],
  [
    'an absent name that may be missing',
    without('total_day_calls'),
    'total_day_calls',
    'row 3: feature total_day_calls is absent; write null where its value is unknown',
  ],
  ['an object of another kind', { id: 1 }, 'total_day_minutes', /is absent \(and 3 more of 4\)/],
  [
    'null where missing cannot be',
    { ...good, total_day_minutes: null },
    'total_day_minutes',
    /is missing \(null\), and the model has no way to handle that.*give a number/,
  ],
  ['NaN where missing cannot be', { ...good, total_day_minutes: NaN }, 'total_day_minutes', /is missing \(NaN\)/],
  ['a missing boolean', { ...good, vip: undefined }, 'vip', /is missing \(undefined\)/],
  ['a missing category', { ...good, state: null }, 'state', /is missing \(null\)/],
  [
    'a text for a number',
    { ...good, total_day_minutes: 'many' },
    'total_day_minutes',
    'row 3: feature total_day_minutes must be a number, got string "many"',
  ],
  [
    'a number written as text',
    { ...good, total_day_minutes: '12.5' },
    'total_day_minutes',
    /got string "12.5"; texts are not converted: pass Number\(value\)/,
  ],
  ['a bigint', { ...good, total_day_minutes: 10n }, 'total_day_minutes', /got bigint 10; pass Number\(value\)/],
  ['a date', { ...good, total_day_minutes: new Date(0) }, 'total_day_minutes', /got an object \(Date\); .*getTime/],
  [
    'an array',
    { ...good, total_day_minutes: [1] },
    'total_day_minutes',
    /got an array of 1; a row has one number a feature/,
  ],
  ['a nested object', { ...good, total_day_minutes: { value: 1 } }, 'total_day_minutes', /got an object \(Object\)/],
  ['a function', { ...good, total_day_minutes: () => 1 }, 'total_day_minutes', /got a function/],
  ['a symbol', { ...good, total_day_minutes: Symbol('x') }, 'total_day_minutes', /got a symbol/],
  [
    'infinity',
    { ...good, total_day_minutes: -Infinity },
    'total_day_minutes',
    /must be a finite number, got number -Infinity/,
  ],
  [
    'an unknown category',
    { ...good, state: 'Atlantis' },
    'state',
    /must be one of the 6 categories that the model knows \("CA", "NY", "TX", "WA", "FL", …\), got string "Atlantis"$/,
  ],
  ['a misspelt category', { ...good, state: 'ohoi' }, 'state', /got string "ohoi"; did you mean "Ohio"\?/],
  ['a category of the wrong type', { ...good, state: 5 }, 'state', /must be a string such as "CA".*got number 5$/],
  ['a text for a boolean', { ...good, vip: 'yes' }, 'vip', /must be true or false, got string "yes"/],
  ['2 for a boolean', { ...good, vip: 2 }, 'vip', /must be true or false, got number 2/],
  [
    'a category index out of range',
    Float64Array.of(1, 2, 6, 1),
    'state',
    /index of a category, an integer from 0 to 5, got number 6/,
  ],
  ['a category index with a fraction', Float64Array.of(1, 2, 0.5, 1), 'state', /got number 0.5/],
  ['−1 where unknown is refused', Float64Array.of(1, 2, -1, 1), 'state', /got number -1/],
]

function without(name: keyof typeof good): Record<string, unknown> {
  return Object.fromEntries(Object.entries(good).filter(([key]) => key !== name))
}

const shapes: readonly [string, unknown, RegExp][] = [
  ['too few values', [1, 2], /expected 4 values, one a feature, got an array of 2; give one value a feature/],
  ['too many numbers', new Float64Array(5), /expected 4 values, one a feature, got Float64Array of 5/],
  ['several rows', [[1, 2, 'CA', true]], /pass them to predictBatch/],
  ['a Map', new Map(Object.entries(good)), /got an object \(Map\); pass Object.fromEntries\(row\)/],
  ['a promise of a row', Promise.resolve(good), /await it first/],
  ['a Set', new Set([1]), /got an object \(Set\)/],
  ['a text', JSON.stringify(good), /got string .*JSON.parse/],
  ['null', null, /got null/],
  ['undefined', undefined, /got undefined/],
  ['a number', 5, /got number 5/],
  ['a function', () => good, /got a function/],
  ['big integers', BigInt64Array.of(1n, 2n, 0n, 1n), /got an object \(BigInt64Array\); pass a Float64Array/],
  ['a DataView', new DataView(new ArrayBuffer(32)), /got an object \(DataView\)/],
  ['a bare buffer', new ArrayBuffer(32), /pass a view of it/],
]

describe('row reader, misused', () => {
  it.each(faults)('refuses %s', (_, row, feature, message) => {
    const error = errorOf(row)
    expect(error.message).toMatch(message)
    expect(error).toMatchObject({ name: 'PredictionError', code: 'INPUT_INVALID', details: { row: 3, feature } })
  })

  it.each(shapes)('refuses %s as a row', (_, row, message) => {
    const error = errorOf(row)
    expect(error.message).toMatch(message)
    expect(error).toMatchObject({ code: 'INPUT_INVALID', details: { row: 3 } })
  })

  it('names no row where there is only one', () => {
    const error = errorOf({}, {})
    expect(error.message).toMatch(/^feature total_day_minutes is absent/)
    expect(error.details).not.toHaveProperty('row')
  })

  it('suggests the value of the right type where only the quotes differ', () => {
    const area: FeatureSchema = { ...state, name: 'area', categories: ['408', '415'], unknown: 'ignored' }
    const zip: FeatureSchema = { ...state, name: 'zip', categories: [94105] }
    const of = { ...schema, features: [area, zip] }
    expect(errorOf([415, 94105], {}, of).message).toMatch(/got number 415; did you mean string "415"\?/)
    expect(errorOf(['415', '94105'], {}, of).message).toMatch(/got string "94105"; did you mean number 94105\?/)
  })

  it('refuses extra names only where strict asks for it', () => {
    const row = { ...good, staet: 'CA', id: 7 }
    const reader = createRowReader(schema)
    reader.read(row, new Float64Array(4), 0)
    expect(errorOf(row, { strict: true }).message).toBe(
      'staet is no feature of the model, and strict was asked for; did you mean state?',
    )
    expect(errorOf({ ...good, id: 7 }, { strict: true, rowIndex: 0 })).toMatchObject({
      message: 'row 0: id is no feature of the model, and strict was asked for; leave it out, or do not ask for strict',
      details: { row: 0, feature: 'id' },
    })
    reader.read(good, new Float64Array(4), 0, { strict: true })
  })

  it('says what a getter threw', () => {
    const boom = new Error('boom')
    const row = {
      get total_day_minutes(): number {
        throw boom
      },
    }
    expect(errorOf(row)).toMatchObject({
      code: 'INPUT_INVALID',
      cause: boom,
      message: expect.stringMatching(/^row 3: the row threw/),
    })
  })

  it('repeats no long text of the caller', () => {
    const error = errorOf({ ...good, total_day_minutes: 'x'.repeat(10_000), state: 'y' })
    expect(error.message.length).toBeLessThan(200)
  })

  it('takes nothing from a root prototype, of whatever realm', () => {
    expect(errorOf(Object.create(null)).message).toMatch(/total_day_minutes is absent \(and 3 more/)
    expect(errorOf(Object.create(Object.create(null))).message).toMatch(/total_day_minutes is absent \(and 3 more/)
  })

  it('answers quickly for a row with a hundred thousand wrong names', () => {
    const row = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`total_day_minutes_${i}`, i]))
    const startedMs = performance.now()
    expect(errorOf(row).message).toMatch(/did you mean your total_day_minutes_/)
    expect(performance.now() - startedMs).toBeLessThan(5000)
  })

  it('takes any value at all to a number or to INPUT_INVALID', () => {
    const reader = createRowReader(schema)
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withNullPrototype: true,
          withSparseArray: true,
          withTypedArray: true,
        }),
        fc.array(fc.anything(), { minLength: 4, maxLength: 4 }),
        (row, values) => {
          for (const candidate of [
            row,
            values,
            { ...good, total_day_minutes: row },
            { ...good, state: row, vip: values[0] },
          ]) {
            const into = new Float64Array(4)
            try {
              reader.read(candidate, into, 0, { rowIndex: 1 })
            } catch (error) {
              expect(error).toMatchObject({ code: 'INPUT_INVALID', details: { row: 1 } })
            }
          }
        },
      ),
    )
  })

  it('refuses a place that the row does not fit in', () => {
    const reader = createRowReader(schema)
    expect(() => reader.read(good, new Float64Array(7), 4)).toThrow(/does not fit at 4 of 7/)
    expect(() => reader.read(good, new Float64Array(7), -1)).toThrow(/does not fit/)
  })

  it('refuses schemas that no row could fill', () => {
    const twice = { ...schema, features: [number('a'), number('a')] }
    expect(() => createRowReader(twice)).toThrow(/two features named a/)
    const { categories: _, ...bare } = state
    expect(() => createRowReader({ ...schema, features: [bare] })).toThrow(/state as string without its categories/)
  })
})
