// Random schemas and hostile rows in: written code and loops must give the same values, or the same error.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FeatureSchema, ModelSchema } from '../../src/artifact/schema.ts'
import { functionOfText } from '../../src/rows/compiled-reader.ts'
import { createRowReader } from '../../src/rows/read-row.ts'
import { cell, forms, hostileNames, named, schemas } from './hostile-rows.ts'
import { outcome, readersOf } from './reader-pair.ts'

describe('code that is written for a schema', () => {
  it.each(Object.keys(forms))('gives the values or the error of the loops: a row that is %s', (form) => {
    const rows = schemas.chain((schema) =>
      fc.record({
        schema: fc.constant(schema),
        strict: fc.boolean(),
        lists: fc.array(fc.tuple(...schema.features.map(cell)), { minLength: 1, maxLength: 4 }),
      }),
    )
    fc.assert(
      fc.property(rows, ({ schema, strict, lists }) => {
        const { looped, compiled } = readersOf(schema)
        for (const list of lists) {
          const cells = schema.features.map(({ name }, i): [string, unknown] => [name, list[i]])
          const row = forms[form](cells)
          expect(outcome(compiled, row, strict)).toEqual(outcome(looped, row, strict))
        }
      }),
      { numRuns: 60 },
    )
  })

  it('is used: each kind of row has code of its own, written at its first row', () => {
    const schema: ModelSchema = {
      features: hostileNames.map((name): FeatureSchema => ({ name, dtype: 'number', used: true, missing: 'error' })),
      outputs: ['value'],
    }
    const { compiled, bodies } = readersOf(schema)
    const numbers = hostileNames.map((_, i) => i + 0.5)
    const row = named(
      {},
      hostileNames.map((name, i) => [name, numbers[i]]),
    )
    for (const [i, candidate] of [row, numbers, Float64Array.from(numbers)].entries()) {
      for (let turn = 0; turn < 3; turn++) expect(outcome(compiled, candidate, true)).toEqual([77, ...numbers, 77])
      expect(bodies).toHaveLength(i + 1)
    }
    expect(bodies[0]).toContain('row["\u2028"]')
  })

  it('is written after 32 rows, not for a model that answers a few', () => {
    const schema: ModelSchema = {
      features: [{ name: 'a', dtype: 'number', used: true, missing: 'error' }],
      outputs: [],
    }
    let written = 0
    const reader = createRowReader(schema, {
      createFunction: (names, body) => {
        written++
        return functionOfText(names, body)
      },
    })
    const into = new Float64Array(1)
    for (let i = 0; i < 32; i++) reader.read({ a: i }, into, 0)
    expect(written).toBe(0)
    for (let i = 0; i < 32; i++) reader.read({ a: i }, into, 0)
    expect([written, into[0]]).toEqual([1, 31])
  })

  it.each([64, 65, 71, 127, 128, 129, 300, 1024, 1025, 3000])('reads %d features of each form', (width) => {
    const features = Array.from(
      { length: width },
      (_, i): FeatureSchema => ({
        name: `f${i}`,
        dtype: width % 2 === 0 || i % 100 < 90 ? 'number' : 'boolean',
        used: i % 150 !== 3,
        missing: 'handled',
      }),
    )
    const { looped, compiled, bodies } = readersOf({ features, outputs: [] })
    const list = features.map(({ dtype }, i) => (dtype === 'boolean' || i % 7 === 0 ? i % 2 : i / 8))
    const object = Object.fromEntries(features.map(({ name }, i) => [name, list[i]]))
    const bad = [...list]
    bad[width - 1] = Infinity
    for (const row of [object, list, Float32Array.from(list), bad, Float64Array.from(bad)])
      expect(outcome(compiled, row, true)).toEqual(outcome(looped, row, true))
    // objects of very many names are read by the loop, arrays of one form by short code
    expect(bodies).toHaveLength(width <= 1024 ? 3 : 2)
  })

  it('reads each value once', () => {
    const seen: string[] = []
    const row = new Proxy({ a: 1, b: 'x' } as Record<string, unknown>, {
      get: (target, name) => {
        if (typeof name === 'string') seen.push(name)
        return Reflect.get(target, name)
      },
    })
    const { compiled } = readersOf({
      features: [
        { name: 'a', dtype: 'number', used: true, missing: 'error' },
        { name: 'b', dtype: 'string', used: true, missing: 'error', categories: ['y', 'x'], unknown: 'error' },
      ],
      outputs: [],
    })
    expect(outcome(compiled, row, false)).toEqual([77, 1, 1, 77])
    expect(seen).toEqual(['a', 'b'])
  })
})
