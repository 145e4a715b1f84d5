// The best few of many, as sorting all of them would give.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createTopRanked } from '../../src/crm/top-ranked.ts'

it('gives what sorting all and cutting would, ties by number', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 })), fc.integer({ min: 0, max: 12 }), (keys, most) => {
      const goesBefore = (a: number, b: number) => (keys[a] === keys[b] ? a < b : keys[a] > keys[b])
      const top = createTopRanked(most, goesBefore)
      keys.forEach((_, i) => top.add(i))
      const sorted = keys.map((_, i) => i).sort((a, b) => (goesBefore(a, b) ? -1 : 1))
      expect(top.ranked()).toEqual(sorted.slice(0, most))
    }),
  )
})
