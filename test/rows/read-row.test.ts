// Rows as callers have them in, canonical float64 rows out.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FeatureSchema, ModelSchema } from '../../src/artifact/schema.ts'
import { createRowReader, type ReadRowOptions } from '../../src/rows/read-row.ts'

const minutes: FeatureSchema = { name: 'minutes', dtype: 'number', used: true, missing: 'handled' }
const calls: FeatureSchema = { name: 'calls', dtype: 'number', used: true, missing: 'error' }
const state: FeatureSchema = {
  name: 'state',
  dtype: 'string',
  used: true,
  missing: 'handled',
  categories: ['CA', 'NY', 'TX'],
  unknown: 'ignored',
}
const vip: FeatureSchema = { name: 'vip', dtype: 'boolean', used: true, missing: 'handled' }

function schemaOf(...features: FeatureSchema[]): ModelSchema {
  return { features, outputs: ['label'] }
}

function read(schema: ModelSchema, row: unknown, options?: ReadRowOptions): number[] {
  const reader = createRowReader(schema)
  const into = new Float64Array(reader.width + 2).fill(77)
  reader.read(row, into, 1, options)
  expect([into[0], into[into.length - 1]]).toEqual([77, 77])
  return [...into.subarray(1, into.length - 1)]
}

const schema = schemaOf(minutes, calls, state, vip)

describe('row reader', () => {
  it.each<[string, unknown]>([
    ['an object, in any order of names', { vip: true, state: 'NY', calls: 2, minutes: 1.5 }],
    ['an object with more names than the model has', { minutes: 1.5, calls: 2, state: 'NY', vip: true, id: 'c-1' }],
    [
      'an object without a prototype',
      Object.assign(Object.create(null), { minutes: 1.5, calls: 2, state: 'NY', vip: true }),
    ],
    ['a frozen object', Object.freeze({ minutes: 1.5, calls: 2, state: 'NY', vip: true })],
    ['a plain array', [1.5, 2, 'NY', true]],
    ['a typed array with the category’s index', Float64Array.of(1.5, 2, 1, 1)],
    ['a typed array of float32', Float32Array.of(1.5, 2, 1, 1)],
  ])('reads %s', (_, row) => {
    expect(read(schema, row)).toEqual([1.5, 2, 1, 1])
  })

  it('reads getters of a class instance, as rows of an ORM have them', () => {
    class Customer {
      #minutes = 1.5
      state = 'TX'
      get minutes() {
        return this.#minutes
      }
      get calls() {
        return 3
      }
    }
    class Member extends Customer {
      vip = false
    }
    expect(read(schema, new Member())).toEqual([1.5, 3, 2, 0])
  })

  it('reads through a proxy', () => {
    const proxy = new Proxy({}, { get: (_, name) => (name === 'state' ? 'CA' : 1), has: () => true })
    expect(read(schema, proxy)).toEqual([1, 1, 0, 1])
  })

  it.each([null, undefined, NaN])('takes %s as missing where the model can handle it', (nothing) => {
    const row = { minutes: nothing, calls: 1, state: nothing, vip: nothing }
    expect(read(schema, row)).toEqual([NaN, 1, NaN, NaN])
    expect(read(schema, Object.values(row))).toEqual([NaN, 1, NaN, NaN])
    expect(read(schema, Float64Array.of(NaN, 1, NaN, NaN))).toEqual([NaN, 1, NaN, NaN])
  })

  it('takes a hole of a sparse array as missing', () => {
    const row: unknown[] = new Array(4)
    row[1] = 4
    expect(read(schema, row)).toEqual([NaN, 4, NaN, NaN])
  })

  it('gives −1 for a category that the model was told to ignore', () => {
    expect(read(schemaOf(state), { state: 'Atlantis' })).toEqual([-1])
    expect(read(schemaOf(state), Float64Array.of(-1))).toEqual([-1])
  })

  it('finds number and boolean categories by their own value', () => {
    const area: FeatureSchema = { ...state, name: 'area', categories: [408, 415, 510] }
    const flag: FeatureSchema = { ...state, name: 'flag', categories: [false, true] }
    expect(read(schemaOf(area, flag), { area: 415, flag: true })).toEqual([1, 1])
  })

  it('counts booleans as 1 and 0 where a number is wanted, and 1 and 0 as booleans', () => {
    expect(read(schemaOf(minutes, calls, vip), [true, false, 1])).toEqual([1, 0, 1])
    expect(read(schemaOf(vip), { vip: 0 })).toEqual([0])
  })

  it('takes infinity only where the source does', () => {
    const open: FeatureSchema = { ...calls, infinite: true }
    expect(read(schemaOf(open, open2()), [Infinity, -Infinity])).toEqual([Infinity, -Infinity])
    function open2(): FeatureSchema {
      return { ...open, name: 'calls2' }
    }
  })

  it('gives 0 for −0, so that equal rows have equal cache keys', () => {
    expect(read(schemaOf(minutes, calls), { minutes: -0, calls: -0 })).toEqual([0, 0])
    expect(read(schemaOf(minutes, calls, state), Float64Array.of(-0, -0, -0))).toEqual([0, 0, 0])
    expect(read(schemaOf(minutes, vip), [-0, -0])).toEqual([0, 0])
  })

  it('lets a feature that the model never reads be absent or hold anything, and gives 0', () => {
    const unused: FeatureSchema = { ...calls, name: 'phone', used: false }
    const withUnused = schemaOf(minutes, unused)
    expect(read(withUnused, { minutes: 1 })).toEqual([1, 0])
    expect(read(withUnused, { minutes: 1, phone: '382-4657' })).toEqual([1, 0])
    expect(read(withUnused, [1, Symbol('x')])).toEqual([1, 0])
    expect(read(withUnused, Float64Array.of(1, Infinity))).toEqual([1, 0])
  })

  it('checks numbers that an encoder must know', () => {
    const grade: FeatureSchema = { ...calls, name: 'grade', categories: [1, 2, 3], unknown: 'error' }
    expect(read(schemaOf(grade), { grade: 2 })).toEqual([2])
    expect(() => read(schemaOf(grade), { grade: 4 })).toThrow(/one of the 3 categories.*\(1, 2, 3\), got number 4/)
    expect(() => read(schemaOf(grade), Float64Array.of(4))).toThrow(/got number 4/)
    expect(read(schemaOf({ ...grade, unknown: 'ignored' }), { grade: 4 })).toEqual([4])
  })

  it('reads names that every object has only where the row itself has them', () => {
    const names = ['constructor', '__proto__', 'toString', 'hasOwnProperty']
    const features = names.map((name): FeatureSchema => ({ ...calls, name }))
    const row: unknown = JSON.parse('{"constructor":1,"__proto__":2,"toString":3,"hasOwnProperty":4}')
    expect(read(schemaOf(...features), row)).toEqual([1, 2, 3, 4])
    for (const feature of features)
      expect(() => read(schemaOf(feature), {})).toThrow(`feature ${feature.name} is absent`)
  })

  it('reads a model without features', () => {
    expect(read(schemaOf(), {})).toEqual([])
    expect(read(schemaOf(), [])).toEqual([])
  })

  it('gives the same row however it is written, and leaves the caller’s row as it was', () => {
    const cell = fc.tuple(
      fc.oneof(fc.double({ noDefaultInfinity: true }), fc.constant(null)),
      fc.double({ noDefaultInfinity: true, noNaN: true }),
      fc.constantFrom('CA', 'NY', 'TX', null),
      fc.constantFrom(true, false, null),
    )
    fc.assert(
      fc.property(cell, (values) => {
        const object = Object.freeze(Object.fromEntries(values.map((value, i) => [schema.features[i].name, value])))
        const expected = read(schema, object)
        expect(read(schema, Object.freeze([...values]))).toEqual(expected)
        expect(read(schema, Float64Array.from(expected))).toEqual(expected)
        expect(expected.map((value) => (Number.isNaN(value) ? null : value))).toEqual([
          values[0] === null || Number.isNaN(values[0]) ? null : values[0] + 0,
          values[1] + 0,
          values[2] === null ? null : ['CA', 'NY', 'TX'].indexOf(values[2]),
          values[3] === null ? null : Number(values[3]),
        ])
      }),
    )
  })
})
