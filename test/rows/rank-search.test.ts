// The fast search held to the slow one, at every flip point and its neighbours.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countBelow } from '../../src/regions/ranks.ts'
import { createRankSearch } from '../../src/rows/rank-search.ts'

const bits = new BigInt64Array(1)
const asDouble = new Float64Array(bits.buffer)

/** The double just above (`1n`) or below (`-1n`) a finite one that is not 0. */
function neighbour(value: number, step: bigint): number {
  asDouble[0] = value
  bits[0] += value < 0 ? -step : step
  return asDouble[0]
}

function sortedTable(values: readonly number[]): Float64Array {
  return Float64Array.from(new Set(values.map((value) => value + 0))).sort()
}

function expectEqualRanks(flipPoints: Float64Array): void {
  const search = createRankSearch(flipPoints)
  const probes = [0, -0, Infinity, -Infinity, Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, 1e-35]
  for (const point of flipPoints) {
    probes.push(point)
    if (Number.isFinite(point) && point !== 0) probes.push(neighbour(point, 1n), neighbour(point, -1n))
  }
  for (const value of probes) expect(search(value)).toBe(countBelow(flipPoints, value))
}

describe('rank search', () => {
  it.each<[string, number[]]>([
    ['no flip points', []],
    ['one', [5]],
    ['one, infinite', [Infinity]],
    ['both infinities among many', [-Infinity, 1, 2, 3, 4, 5, 6, 7, 8, 9, Infinity]],
    ['infinities and one number', [-Infinity, 3, Infinity]],
    ['the widest range there is', [-Number.MAX_VALUE, -1, 0, 1, 2, 3, 4, 5, 6, Number.MAX_VALUE]],
    ['the narrowest range there is', [0, 5e-324, 1e-323, 1.5e-323, 2e-323, 2.5e-323, 3e-323, 3.5e-323, 4e-323]],
    ['neighbouring doubles', Array.from({ length: 50 }, (_, i) => 1 + i * Number.EPSILON)],
    ['timestamps', Array.from({ length: 300 }, (_, i) => 1_700_000_000_000 + i * i * 1000)],
    ['a long tail: nearly all in one cell', Array.from({ length: 60 }, (_, i) => 10 ** (i / 3))],
    ['negative and positive', Array.from({ length: 100 }, (_, i) => (i - 50) / 7)],
  ])('equals the plain binary search for %s', (_, values) => {
    expectEqualRanks(sortedTable(values))
  })

  it('equals the plain binary search for any table', () => {
    const values = fc.array(fc.oneof(fc.double({ noNaN: true }), fc.double({ min: -10, max: 10, noNaN: true })), {
      maxLength: 60,
    })
    fc.assert(
      fc.property(values, fc.array(fc.double({ noNaN: true })), (points, probes) => {
        const flipPoints = sortedTable(points)
        expectEqualRanks(flipPoints)
        const search = createRankSearch(flipPoints)
        for (const value of probes) expect(search(value)).toBe(countBelow(flipPoints, value))
      }),
    )
  })
})
