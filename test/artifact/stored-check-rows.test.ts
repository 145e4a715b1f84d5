// Check rows in; short ones where most numbers are 0, and the same rows out.
import { expect, test } from 'vitest'
import type { CheckRows } from '../../src/artifact/metadata.ts'
import { restoreCheckRows, storedCheckShape, storeCheckRows } from '../../src/artifact/stored-check-rows.ts'

const width = 5000
const row = (filled: Record<number, number | null>) =>
  Array.from({ length: width }, (_, at): number | null => (at in filled ? filled[at] : 0))
const checkOf = (rows: CheckRows['rows']): CheckRows => ({
  rows,
  exact: rows.map(() => [1]),
  quantized: rows.map(() => [1]),
})

test('lists what is not 0 of long rows, and reads the very rows back', () => {
  const check = checkOf([row({ 0: 2, 17: null, 4999: -0.5 }), row({}), row({}).fill(3)])
  const stored = storeCheckRows(check)
  expect(stored.rows.slice(0, 2)).toEqual([
    { steps: [0, 17, 4982], values: [2, null, -0.5] },
    { steps: [], values: [] },
  ])
  expect(storedCheckShape.issueOf(stored)).toBeUndefined()
  expect(restoreCheckRows(stored, width)).toEqual(check)
})

test('leaves short rows as they are', () => {
  const check = checkOf([[0, 0, 1], new Array<number>(255).fill(0)])
  expect(storeCheckRows(check)).toEqual(check)
})

test.each([
  ['a place past the end', { steps: [width], values: [1] }],
  ['a place without a value', { steps: [1], values: [] }],
])('refuses %s', (_, sparse) => {
  const stored = { rows: [sparse], exact: [[1]], quantized: [[1]] }
  expect(() => restoreCheckRows(stored, width)).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }))
})

test('refuses a few bytes that ask for gigabytes', () => {
  const rows = Array.from({ length: 64 }, () => ({ steps: [], values: [] }))
  const stored = { rows, exact: [], quantized: [] }
  expect(() => restoreCheckRows(stored, 1 << 20)).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }))
})
