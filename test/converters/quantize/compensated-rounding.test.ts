// Weights and inputs that move together in; rounding whose errors take each other back out.
import { expect, test } from 'vitest'
import { inverseFactor, roundWithCompensation } from '../../../converters/quantize/compensated-rounding.ts'
import { secondMoments } from '../../../converters/quantize/second-moments.ts'
import { createSeededRandom } from '../../../src/rows/seeded-random.ts'

const size = 12

/** Inputs that share one strong factor, as pixels and prices do. */
function correlatedRows(count: number): Float64Array[] {
  const random = createSeededRandom(5)
  return Array.from({ length: count }, () => {
    const shared = 3 * random.normal()
    return Float64Array.from({ length: size }, () => shared + random.normal())
  })
}

/** Moments without the constant that secondMoments adds. */
function momentsOf(rows: readonly Float64Array[]): Float64Array {
  const extended = secondMoments(rows, size)
  return Float64Array.from(
    { length: size * size },
    (_, at) => extended[Math.floor(at / size) * (size + 1) + (at % size)],
  )
}

test('factors the inverse: UᵀU · H is the identity', () => {
  const moments = momentsOf(correlatedRows(200))
  const factor = inverseFactor(moments, size)
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) {
      let entry = 0
      for (let k = 0; k < size; k++)
        for (let l = 0; l < size; l++) entry += factor[l * size + i] * factor[l * size + k] * moments[k * size + j]
      expect(entry).toBeCloseTo(i === j ? 1 : 0, 9)
    }
})

test('moves products with correlated inputs less than rounding each weight alone', () => {
  const random = createSeededRandom(6)
  const weights = Float64Array.from({ length: size * 8 }, () => random.normal())
  const round = (value: number): number => Math.round(value * 4) / 4
  const rounded = roundWithCompensation({
    weights,
    rowCount: size,
    columnCount: 8,
    moments: momentsOf(correlatedRows(500)),
    order: Int32Array.from({ length: size }, (_, row) => row),
    round: (_row, _column, value) => round(value),
  })
  const shift = (stored: Float64Array): number => {
    let total = 0
    for (const row of correlatedRows(800).slice(500))
      for (let column = 0; column < 8; column++) {
        let moved = 0
        for (let i = 0; i < size; i++) moved += row[i] * (stored[i * 8 + column] - weights[i * 8 + column])
        total += moved * moved
      }
    return total
  }
  expect(rounded.every((value) => value === round(value))).toBe(true)
  expect(shift(rounded)).toBeLessThan(shift(weights.map(round)) / 4)
})

test('rounds inputs that are always 0 as if alone', () => {
  const rounded = roundWithCompensation({
    weights: Float64Array.of(0.3, 0.7),
    rowCount: 2,
    columnCount: 1,
    moments: new Float64Array(4),
    order: Int32Array.of(0, 1),
    round: (_row, _column, value) => Math.round(value),
  })
  expect([...rounded]).toEqual([0, 1])
})
