import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createSparseRow } from '../../../src/rows/terms/sparse-row.ts'
import { createTermCounts } from '../../../src/rows/terms/term-counts.ts'

const width = 3000

it('hands over what was counted in the order of features, row by row', () => {
  const feature = fc.integer({ min: 0, max: width - 1 })
  const additions = fc.array(fc.tuple(feature, fc.integer({ min: -2, max: 2 })), { maxLength: 60 })
  const counts = createTermCounts(width)
  const row = createSparseRow(width)
  fc.assert(
    fc.property(additions, additions, (failed, counted) => {
      for (const [place, amount] of failed) counts.add(place, amount)
      counts.clear()
      const expected = new Map<number, number>()
      for (const [place, amount] of counted) {
        // 2 stands for a count of 1, however often
        if (amount === 2) counts.mark(place)
        else counts.add(place, amount)
        expected.set(place, amount === 2 ? 1 : (expected.get(place) ?? 0) + amount)
      }
      counts.takeInto(row)
      const got = Array.from({ length: row.count }, (_, i) => [row.places[i], row.values[i]])
      expect(got).toEqual([...expected].sort(([a], [b]) => a - b))
      counts.takeInto(row)
      expect(row.count).toBe(0)
    }),
  )
})
