// Columns line up, whatever is in them.
import { expect, test } from 'vitest'
import { textTable } from '../../src/cli/text-table.ts'

test('aligns columns, numbers to the right, without spaces at the end of a line', () => {
  const table = textTable({
    header: ['name', 'bytes', ''],
    rows: [
      ['a', '1', ''],
      ['longer', '1,000', 'x'],
    ],
    right: [1],
  })
  expect(table).toBe(['name    bytes', 'a           1', 'longer  1,000  x', ''].join('\n'))
})

test('takes rows of different lengths, an indent, and no rows at all', () => {
  expect(textTable({ rows: [['a'], ['bb', 'c']], indent: '  ' })).toBe('  a\n  bb  c\n')
  expect(textTable({ rows: [] })).toBe('')
})
