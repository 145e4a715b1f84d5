import { expect, test } from 'vitest'
import { SizesInUse } from '../../src/runtime/sizes-in-use.ts'

test.each([
  [[], []],
  [[1], [1]],
  [
    [1, 1, 2],
    [1, 2],
  ],
  [[3], [3]],
  [
    [3, 4, 5, 8],
    [4, 8],
  ],
  [
    [1, 37, 100, 90],
    [1, 64, 100],
  ],
  [
    [512, 1024],
    [512, 1024],
  ],
  [[1_000_000], [1_000_000]],
])('batches of %j rows stand for the sizes %j', (rowCounts, sizes) => {
  const inUse = new SizesInUse()
  for (const rowCount of rowCounts) inUse.record(rowCount)
  expect(inUse.sizes).toEqual(sizes)
  // as many as there are powers of two, and each size that ran has one that is no smaller
  for (const rowCount of rowCounts) expect(inUse.sizes.some((size) => size >= rowCount)).toBe(true)
})
