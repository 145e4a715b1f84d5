// Misspelt names and the names that were meant.

import { describe, expect, it } from 'vitest'
import { editDistance, nearestName } from '../../src/rows/nearest-name.ts'

const names = ['total_day_minutes', 'total_day_calls', 'total_eve_minutes', 'state', 'age']

describe('nearest name', () => {
  it.each([
    ['total_day_minute', 'total_day_minutes'],
    ['totalDayMinutes', 'total_day_minutes'],
    ['Total Day Calls', 'total_day_calls'],
    ['tsate', 'state'],
    ['ag', 'age'],
    ['stte', 'state'],
  ])('suggests for %s the name %s', (name, meant) => {
    expect(nearestName(name, names)).toBe(meant)
  })

  it.each(['zip', 'x', 'customer_identifier', ''])('suggests nothing for %s', (name) => {
    expect(nearestName(name, names)).toBeUndefined()
  })

  it('counts a swap of neighbours as one slip', () => {
    expect(editDistance('form', 'from')).toBe(1)
    expect(editDistance('kitten', 'sitting')).toBe(3)
    expect(editDistance('', 'abc')).toBe(3)
    expect(editDistance('abc', '')).toBe(3)
  })

  it('stays quick for hostile names: long ones are cut, and only the first candidates are compared', () => {
    const long = 'a'.repeat(1_000_000)
    const keys = Array.from({ length: 100_000 }, (_, i) => `${long.slice(0, 60)}${i}`)
    const startedMs = performance.now()
    expect(nearestName(long, keys)).toBe(keys[0])
    expect(performance.now() - startedMs).toBeLessThan(5000)
  })
})
