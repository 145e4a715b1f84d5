import { describe, expect, it } from 'vitest'
import type { FeatureSchema, ModelSchema } from '../../src/artifact/schema.ts'
import type { TextColumns } from '../../src/artifact/text-columns.ts'
import { createRowReader } from '../../src/rows/read-row.ts'

const words: Omit<TextColumns, 'start' | 'count' | 'terms'> = {
  analyzer: 'word',
  lowercase: true,
  ngrams: [1, 1],
  binary: false,
}

function counted(name: string): FeatureSchema {
  return { name, dtype: 'number', used: true, missing: 'error', of: 1 }
}

/** A number, a text that two vectorizers read, and what they count. */
const schema: ModelSchema = {
  features: [
    { name: 'stars', dtype: 'number', used: true, missing: 'handled' },
    {
      name: 'review',
      dtype: 'text',
      used: true,
      missing: 'error',
      texts: [
        { ...words, start: 2, count: 2, terms: { kind: 'names', prefix: 'review: ' } },
        { ...words, start: 4, count: 3, binary: true, terms: { kind: 'hash', signed: false } },
      ],
    },
    ...['review: good', 'review: bad', 'review (2): #0', 'review (2): #1', 'review (2): #2'].map(counted),
  ],
  outputs: ['value'],
}

const reader = createRowReader(schema)

function read(row: unknown): number[] {
  const into = new Float64Array(8).fill(9)
  reader.read(row, into, 1)
  return [...into.subarray(1)]
}

describe('rows with texts', () => {
  // great: 198527388 % 3 = 0, good and bad as sklearn.utils.murmurhash has them
  it.each([
    ['objects', { stars: 4, review: 'Good, good GREAT' }],
    ['objects in any order', { review: 'Good, good GREAT', stars: 4 }],
    ['arrays of what callers give', [4, 'Good, good GREAT']],
  ])('count terms from %s', (_, row) => {
    const values = read(row)
    expect(values.slice(0, 4)).toEqual([4, 0, 2, 0])
    expect(values[4]).toBe(1)
    expect(values.slice(4).every((value) => value === 0 || value === 1)).toBe(true)
  })

  it('count nothing in an empty text, whatever stood there before', () => {
    expect(read([null, ''])).toEqual([NaN, 0, 0, 0, 0, 0, 0])
  })

  it('are the text itself where that is all that a row has', () => {
    const [, review, ...counted] = schema.features
    const features = [review, ...counted].map(({ texts, ...feature }) => ({
      ...feature,
      ...(texts && { texts: texts.map((columns) => ({ ...columns, start: columns.start - 1 })) }),
      ...(feature.of !== undefined && { of: 0 }),
    }))
    const alone = createRowReader({ ...schema, features })
    const [asText, asArray] = ['Good, good GREAT', ['Good, good GREAT']].map((row) => {
      const into = new Float64Array(alone.width)
      alone.read(row, into, 0, { strict: true })
      return into
    })
    expect(asText).toEqual(asArray)
    expect(asText[1]).toBe(2)
    expect(() => read('Good')).toThrow(/a row must be an object by feature name/)
  })

  it('take counts themselves from typed arrays', () => {
    expect(read(Float64Array.of(4, 7, 2, 0, 1, 0, 1))).toEqual([4, 0, 2, 0, 1, 0, 1])
  })

  it.each([
    ['no text', { stars: 4 }, /feature review is absent/],
    ['a misspelt name', { stars: 4, reviews: 'x' }, /did you mean your reviews/],
    ['null for a text', [4, null], /review must be a text, got null|review is missing/],
    ['undefined for a text', { stars: 1, review: undefined }, /review is missing/],
    ['a number for a text', [4, 5], /feature review must be a text, got number 5/],
    ['a list of words', { stars: 4, review: ['good'] }, /must be a text, got an array of 1/],
    ['a value more', [4, 'good', 1], /expected 2 values/],
    ['a typed array without the counts', Float64Array.of(4, 1), /7 canonical values/],
    ['a text of over a million characters', [4, 'good '.repeat(250_000)], /limit of 1000000/],
    ['NaN as a count', Float64Array.of(4, 0, NaN, 0, 0, 0, 0), /review: good is missing/],
  ])('are refused with %s', (_, row, message) => {
    expect(() => read(row)).toThrow(message)
  })

  it('refuse names that are only counted when they are strict', () => {
    const strict = () =>
      reader.read({ stars: 1, review: '', 'review: good': 2 }, new Float64Array(7), 0, { strict: true })
    expect(strict).toThrow(/review: good is no feature/)
  })

  it('are read quickly where a text is a megabyte', () => {
    const startedAtMs = performance.now()
    read([1, 'ab '.repeat(333_333)])
    expect(performance.now() - startedAtMs).toBeLessThan(2000)
  })

  it('are refused with a thousand combining marks in a row where accents are stripped', () => {
    const [stars, review, ...others] = schema.features
    const texts = (review.texts ?? []).map((columns) => ({ ...columns, stripAccents: 'unicode' }) as const)
    const stripping = createRowReader({ ...schema, features: [stars, { ...review, texts }, ...others] })
    const marked = (count: number) => [1, `good${'\u0327\u0301'.repeat(count)}`]
    expect(() => stripping.read(marked(120_000), new Float64Array(7), 0)).toThrow(/1000 combining marks/)
    const into = new Float64Array(7)
    stripping.read(marked(400), into, 0)
    expect(into[2]).toBe(1)
  })

  it('refuse columns that the schema does not have', () => {
    const features = schema.features.slice(0, 5)
    expect(() => createRowReader({ ...schema, features })).toThrow(/the schema has 5/)
  })
})
