import { expect, it } from 'vitest'
import { createRowArena } from '../../src/runtime/row-arena.ts'

it('never gives two rows the same place, whatever their widths', () => {
  const take = createRowArena()
  const rows = Array.from({ length: 1000 }, (_, i) => take(1 + (i % 7)).fill(i))
  rows.forEach((row, i) => expect([...new Set(row)]).toEqual([i]))
})

it('gives rows of exactly the width asked for, zeroed, none included', () => {
  const take = createRowArena()
  expect(take(3)).toEqual(new Float64Array(3))
  expect(take(0)).toHaveLength(0)
  expect(take(5000)).toHaveLength(5000)
})
