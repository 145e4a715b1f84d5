// Leaf values in; books that stand for them as near as can be, and the form whose bytes and errors they are worth, out.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { answerBound } from '../../../converters/quantize/answer-bound.ts'
import { fitBooks } from '../../../converters/quantize/leaf-books.ts'
import { leafForms } from '../../../converters/quantize/leaf-forms.ts'
import { chooseLeafValues } from '../../../converters/quantize/leaf-values.ts'
import { quantizeRegions } from '../../../converters/quantize/quantize-regions.ts'
import { largestDifference, storeFloats } from '../../../converters/quantize/stored-floats.ts'
import type { Head } from '../../../src/artifact/head.ts'
import { createSeededRandom } from '../../../src/rows/seeded-random.ts'
import { stumps, treeModel, valueHead } from './models.ts'

const leafValues = fc.array(
  fc.oneof(
    fc.double({ min: -1, max: 1, noNaN: true }),
    fc.double({ min: -1e4, max: 1e4, noNaN: true }),
    fc.constantFrom(0, -0, 0.5, -3, 1e-30, 1e30, -1e30),
  ),
  { minLength: 1, maxLength: 300 },
)

/** Fewest numbers so that every value has one within `tolerance`: a slow count of what the greedy search finds. */
function fewestNumbers(values: readonly number[], tolerance: number): number {
  let rest = [...values].map(Math.fround).sort((a, b) => a - b)
  let count = 0
  while (rest.length > 0) {
    const first = rest[0]
    rest = rest.filter((value) => value > first + 2 * tolerance)
    count++
  }
  return count
}

test('are no larger than asked for, and as near to every value as so many numbers can be', () => {
  fc.assert(
    fc.property(leafValues, fc.integer({ min: 1, max: 40 }), (list, mostEntries) => {
      const values = Float64Array.from(list)
      const { book, values: restored, encoding } = fitBooks({ values, width: 1 }, { bookCount: 1, mostEntries })
      const numbers = book!.books[0]
      expect(numbers.length).toBeLessThanOrEqual(mostEntries)
      expect(encoding).toBe('uint8')
      const floats = values.map(Math.fround)
      for (const value of restored) expect(numbers).toContain(value)
      const error = largestDifference(restored, floats)
      if (new Set(floats.map((value) => value + 0)).size <= mostEntries) expect(error).toBe(0)
      // a book with a smaller error would have to be larger; a tenth is for rounding of its numbers to a grid and to float32
      else {
        const rounding = 2 ** -22 * floats.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
        expect(fewestNumbers(list, Math.max(0, 0.9 * error - rounding))).toBeGreaterThan(mostEntries)
      }
      expect(fitBooks({ values, width: 1 }, { bookCount: 1, mostEntries })).toEqual({
        book,
        values: restored,
        encoding,
      })
    }),
    { numRuns: 150 },
  )
})

test('give each column what it would have alone', () => {
  const random = createSeededRandom(3)
  const columns = [1e5, 1, 1e-3].map((size) => Float64Array.from({ length: 700 }, () => size * random.normal()))
  const values = Float64Array.from({ length: 2100 }, (_, at) => columns[at % 3][Math.floor(at / 3)])
  const together = fitBooks({ values, width: 3 }, { bookCount: 3, mostEntries: 256 })
  columns.forEach((column, k) => {
    const mine = together.values.filter((_, at) => at % 3 === k)
    expect(largestDifference(mine, column)).toBeLessThan(
      0.7 * largestDifference(storeFloats(column, 'uint8').values, column),
    )
  })
  // one grid for all would ruin the smallest
  expect(together.book?.grid).toBeUndefined()
})

describe('forms of leaves', () => {
  const random = createSeededRandom(5)
  const tail = (count: number) =>
    Float64Array.from({ length: count }, (_, i) => (i % 97 === 0 ? 100 * random.uniform() : random.uniform()))
  const namesOf = (values: Float64Array, mode: 'uint8' | 'uint16' | 'none', width = 1) =>
    leafForms({ values, width }, mode, () => storeFloats(values, 'uint8')).map(({ name }) => name)

  test('come in the order of their bytes, books too where they are smaller', () => {
    expect(namesOf(tail(10_000), 'uint8')).toEqual(['uint8', 'book of uint8', 'uint16', 'book of uint16', 'float32'])
    expect(namesOf(tail(600), 'uint8')).toEqual(['uint8', 'uint16', 'float32'])
    expect(namesOf(tail(30_000), 'uint8', 3)).toEqual([
      'uint8',
      'book of uint8',
      'books of uint8',
      'uint16',
      'book of uint16',
      'books of uint16',
      'float32',
    ])
  })

  test('end in a book that is lossless where leaves have few distinct values', () => {
    const votes = Float64Array.from({ length: 5000 }, () => Math.floor(300 * random.uniform()) / 7)
    expect(namesOf(votes, 'none')).toEqual(['book of uint16'])
    expect(
      namesOf(
        votes.map((value) => value % 30),
        'uint16',
      ),
    ).toEqual(['book of uint8'])
    const [form] = leafForms({ values: votes, width: 1 }, 'none', () => storeFloats(votes, 'uint8'))
    expect(form.store().values).toEqual(votes.map(Math.fround))
  })
})

test('halve leaves with a long tail, whose even grid moves answers too far, within the same bound', () => {
  const random = createSeededRandom(8)
  const values = Array.from({ length: 8000 }, (_, i) => (i % 401 === 0 ? 80 : 1) * random.uniform())
  const layout = stumps(values, { aggregate: 'mean' })
  const bound = (errors: Float64Array) => answerBound(valueHead, errors, Float64Array.of(1))
  const chosen = chooseLeafValues(layout, { mode: 'uint8', head: valueHead, bound, firstLevel: 0, refusal: '' })
  expect(chosen.floats.book?.books[0].length).toBeLessThanOrEqual(256)
  expect(chosen.floats.encoding).toBe('uint8')
  expect(chosen.maxError).toBeLessThan(0.004)
  expect(chosen.escalated).toMatch(/^uint8: answers may move by up to [\d.]+ % of their range, allowed 0\.40 %$/)
})

test('are stored with the codes, and say how far they move leaves', () => {
  const random = createSeededRandom(9)
  const values = Array.from({ length: 5000 }, () => Math.floor(200 * random.uniform()) * 0.37)
  const { graph, head, schema } = treeModel(stumps(values, { aggregate: 'mean' }), valueHead)
  const quantized = quantizeRegions(graph, { mode: 'none', schema, head })
  const names = quantized.tensors.filter(({ name }) => name.includes('leaf')).map(({ name, role }) => [name, role])
  expect(names).toEqual([
    ['trees2/leaf', 'structure'],
    ['trees2/leaf-book', 'leaf'],
  ])
  expect(quantized.maxErrors.get('trees2/leaf-book')).toBe(
    largestDifference(Float64Array.from(values, Math.fround), Float64Array.from(values)),
  )
  const trees = quantized.graph.regions[2]
  expect(trees.kind === 'tree-ensemble' && trees.leafValues).toEqual(Float64Array.from(values, Math.fround))
})

test('are taken of trees too whose rounding only the answers of the whole model tell of', () => {
  const random = createSeededRandom(10)
  const values = Array.from({ length: 5000 }, () => Math.floor(90 * random.uniform()) / 7)
  const labelsHead: Head = {
    kind: 'labels',
    targets: [{ classes: [-1, 1], label: { start: 0, width: 1, threshold: 6 }, scores: { start: 0, width: 1 } }],
  }
  const { graph, head, schema } = treeModel(stumps(values, { aggregate: 'mean' }), labelsHead)
  const { stored, graph: restored } = quantizeRegions(graph, { mode: 'uint16', schema, head })
  expect(stored.regions[2]).toMatchObject({ kind: 'tree-ensemble', books: [90] })
  expect(restored.regions[2]).toMatchObject({ leafValues: Float64Array.from(values, Math.fround) })
})
