// References to columns in; runs or steps, whichever is shorter, and the same references out.
import { expect, test } from 'vitest'
import { issueText } from '../../src/artifact/shape.ts'
import { restoreRefs, storedRefsShape, storeRefs } from '../../src/regions/stored-numbers.ts'

const refsOf = (columns: readonly number[], region = 2) => columns.map((column) => ({ region, column }))
const range = (count: number) => Array.from({ length: count }, (_, at) => at)
const apart = range(4000).map((at) => 2 * at)

test.each([
  ['neighbours as one run', refsOf(range(5000)), [2, 0, 5000]],
  ['a few columns in any order as runs', refsOf([3, 1, 4]), [2, 3, 1, 2, 1, 1, 2, 4, 1]],
  ['none', [], []],
])('stores %s', (_, refs, stored) => {
  expect(storeRefs(refs)).toEqual(stored)
  expect(restoreRefs(storeRefs(refs))).toEqual(refs)
})

test('stores many scattered columns of one region by steps', () => {
  const refs = refsOf([7, ...apart.toReversed(), ...apart.map((column) => column + 1)])
  const stored = storeRefs(refs)
  expect(stored).toMatchObject({ region: 2 })
  expect(JSON.stringify(stored).length).toBeLessThan(4 * refs.length)
  expect(storedRefsShape.issueOf(stored)).toBeUndefined()
  expect(restoreRefs(stored)).toEqual(refs)
})

test('stores scattered columns of two regions as runs', () => {
  const refs = [...refsOf(apart), ...refsOf([0], 1)]
  expect(Array.isArray(storeRefs(refs))).toBe(true)
  expect(restoreRefs(storeRefs(refs))).toEqual(refs)
})

test('finds what is neither malformed, and refuses too many steps', () => {
  const textOf = (value: unknown) => issueText(storedRefsShape.issueOf(value) ?? { path: [], message: '' })
  expect(textOf(7)).toContain('must be a list')
  expect(textOf({ region: 0, steps: [0.5] })).toContain('steps.0')
  const stored = { region: 0, steps: new Array<number>((1 << 20) + 1).fill(0) }
  expect(() => restoreRefs(stored)).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }))
})
