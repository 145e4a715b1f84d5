import { describe, expect, it } from 'vitest'
import type { ModelSchema } from '../../src/artifact/schema.ts'
import { createRowReader } from '../../src/rows/read-row.ts'

const names = ['city=London', 'city=Paris', 'rooms', 'unused']

const schema: ModelSchema = {
  features: names.map((name) => ({ name, dtype: 'number', used: name !== 'unused', missing: 'handled' })),
  dict: { separator: '=' },
  outputs: ['value'],
}

function read(row: unknown, options = {}, given: ModelSchema = schema): number[] {
  const into = new Float64Array(given.features.length).fill(9)
  createRowReader(given).read(row, into, 0, options)
  return [...into]
}

describe('rows that are dicts', () => {
  it.each([
    ['a text counts for its name', { city: 'Paris', rooms: 2.5 }, [0, 1, 2.5, 0]],
    ['what is not there is 0', {}, [0, 0, 0, 0]],
    ['what nobody knows is 0', { city: 'Rome', garden: 3 }, [0, 0, 0, 0]],
    ['each text of a list counts', { city: ['Paris', 'London', 'Paris'] }, [1, 2, 0, 0]],
    ['a name written out is a number', { 'city=London': 4, city: 'London' }, [5, 0, 0, 0]],
    ['true is 1', { rooms: true }, [0, 0, 1, 0]],
    ['null is missing', { rooms: null }, [0, 0, NaN, 0]],
    ['what the model never reads is not looked at', { unused: 7 }, [0, 0, 0, 0]],
    ['keys of Object.prototype are keys', { constructor: 'x', rooms: 1 }, [0, 0, 1, 0]],
    ['an array has the features in order', [1, 0, 3, 0], [1, 0, 3, 0]],
    ['so has a typed array', Float64Array.of(1, 0, 3, 0), [1, 0, 3, 0]],
  ])('%s', (_, row, values) => {
    expect(read(row)).toEqual(values)
  })

  it.each([
    [
      'a dict in the dict',
      { city: { name: 'Paris' } },
      /city must be a number, a text or a list of texts, got an object/,
    ],
    ['a list of numbers', { city: [1] }, /city must be a list of texts, got number 1/],
    ['a bigint', { rooms: 3n }, /rooms must be/],
    ['infinity that the model does not take', { rooms: Infinity }, /rooms must be a finite number/],
    ['a Map', new Map([['rooms', 2]]), /Object.fromEntries/],
    ['a text', 'rooms', /a row must be an object/],
  ])('are refused with %s', (_, row, message) => {
    expect(() => read(row)).toThrow(message)
  })

  it('are refused with unknown keys or values where they are strict', () => {
    expect(() => read({ city: 'Rome' }, { strict: true })).toThrow(/"city=Rome", which is no feature/)
    expect(read({ city: 'Paris' }, { strict: true })).toEqual([0, 1, 0, 0])
  })

  it('are hashed by name, with signs where they are asked for', () => {
    // murmurhash3 of "a" is 1009084850, of "ab" -1681926305, of "k=v" and others by the golden files
    const features = Array.from({ length: 4 }, (_, i) => ({ ...schema.features[0], name: `#${i}` }))
    const hashed = (signed: boolean): ModelSchema => ({
      ...schema,
      features,
      dict: { separator: '=', hashed: { signed } },
    })
    expect(read({ a: 2, ab: 3 }, {}, hashed(false))).toEqual([0, 3, 2, 0])
    expect(read({ a: 2, ab: 3 }, {}, hashed(true))).toEqual([0, -3, 2, 0])
    expect(() => read({ a: null }, {}, hashed(true))).toThrow(/a must be a number or a text, got null/)
  })

  it('are hashed into slots of which some have a feature, and the others a norm', () => {
    // 1009084850 % 1000 and 1681926305 % 1000
    const features = ['#850', '#others (l2 norm of values)'].map((name) => ({ ...schema.features[0], name }))
    const slots = { of: 1000, others: [{ value: 'count', by: 'l2' }] } as const
    const hashed = { ...schema, features, dict: { separator: '=', hashed: { signed: true, slots } } }
    expect(read({ a: 2, ab: 3 }, {}, hashed)).toEqual([2, 3])
    expect(read({ a: 2 }, {}, hashed)).toEqual([2, 0])
    expect(read({}, {}, hashed)).toEqual([0, 0])
    expect(read([1, 4], {}, hashed)).toEqual([1, 4])
    expect(() => read({ ab: NaN }, {}, hashed)).toThrow(/a name that the model does not know\) is missing/)
    expect(() => read({ ab: Infinity }, {}, hashed)).toThrow(/finite/)
    const broken = { ...hashed, features: [{ ...features[0], name: 'a' }, features[1]] }
    expect(() => createRowReader(broken)).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }))
  })

  it('ask no other row while slots of one are counted', () => {
    const features = ['#850', '#others (sum of values)'].map((name) => ({ ...schema.features[0], name }))
    const slots = { of: 1000, others: [{ value: 'count', by: 'sum' }] } as const
    const hashed = { ...schema, features, dict: { separator: '=', hashed: { signed: false, slots } } }
    const reader = createRowReader(hashed)
    const [inner, outer] = [new Float64Array(2), new Float64Array(2)]
    const row = {
      ab: 3,
      get b() {
        reader.read({ ab: 50 }, inner, 0)
        return 1
      },
    }
    reader.read(row, outer, 0)
    expect([...outer]).toEqual([0, 4])
    expect([...inner]).toEqual([0, 50])
  })
})
