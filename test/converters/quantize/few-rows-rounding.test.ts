// Few rows of many inputs in; the rounding that factoring their moments gives, and how often each input is met, out.
import { expect, test } from 'vitest'
import { roundWithCompensation } from '../../../converters/quantize/compensated-rounding.ts'
import { affordableOf, isCheaperByRows, roundForFewRows } from '../../../converters/quantize/few-rows-rounding.ts'
import { expectedEnergies, inputEnergies, secondMoments } from '../../../converters/quantize/second-moments.ts'
import { createSeededRandom } from '../../../src/rows/seeded-random.ts'

const inputWidth = 90
const columnCount = 3

/** Most values are 0, as counts of terms are; the last inputs are never there. */
function sparseRows(count: number, filledShare: number): Float64Array[] {
  const random = createSeededRandom(11)
  return Array.from({ length: count }, () =>
    Float64Array.from({ length: inputWidth }, (_, input) =>
      input < inputWidth - 5 && random.uniform() < filledShare ? random.normal() : 0,
    ),
  )
}

test.each([
  ['sparse', 0.1],
  ['dense', 1],
])('rounds for %s rows as factoring their moments does', (_, filledShare) => {
  const rows = sparseRows(24, filledShare)
  const random = createSeededRandom(12)
  const rowCount = inputWidth + 1
  const task = {
    weights: Float64Array.from({ length: rowCount * columnCount }, () => random.normal()),
    rowCount,
    columnCount,
    order: Int32Array.from({ length: rowCount }, (_each, place) => (place * 8) % rowCount),
    round: (row: number, _column: number, value: number) => (row < inputWidth ? Math.round(value * 8) / 8 : value),
  }
  const given = roundForFewRows({ ...task, rows })
  const wanted = roundWithCompensation({ ...task, moments: secondMoments(rows, inputWidth) })
  expect(given).not.toEqual(task.weights.map((value) => Math.round(value * 8) / 8))
  given.forEach((value, at) => expect(value).toBeCloseTo(wanted[at], 9))
})

test('is taken where inputs are more than twice as many as rows, or too many to factor, with no more rows than are quick', () => {
  expect([isCheaperByRows(256, 512), isCheaperByRows(256, 513)]).toEqual([false, true])
  expect([isCheaperByRows(2048, 1024), isCheaperByRows(2048, 1025)]).toEqual([false, true])
  const wide = Array.from({ length: 256 }, () => new Float64Array(40_000).fill(1))
  expect(affordableOf(wide, 40_001)).toHaveLength(86)
  for (const row of wide) row.fill(0, 4_000)
  expect(affordableOf(wide, 40_001)).toHaveLength(256)
})

test('draws energies of inputs that few rows show to the mean, and leaves those of many rows alone', () => {
  const rows = sparseRows(20, 0.05)
  const seen = inputEnergies(rows, inputWidth)
  const expected = expectedEnergies(rows, inputWidth)
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length
  expect(seen[inputWidth - 1]).toBe(0)
  expect(expected[inputWidth - 1]).toBeGreaterThan(mean(seen) / 4)
  expect(mean(expected)).toBeCloseTo(mean(seen), 9)
  expect(Math.max(...expected)).toBeLessThan(Math.max(...seen))
  const many = sparseRows(inputWidth, 0.05)
  expect(expectedEnergies(many, inputWidth)).toEqual(inputEnergies(many, inputWidth))
})
