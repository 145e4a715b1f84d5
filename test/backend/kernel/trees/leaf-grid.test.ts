import { expect, test } from 'vitest'
import { leafCodes } from '../../../../src/backend/kernel/trees/leaf-grid.ts'

const grid = { scale: 0.0029296875123, min: -0.3751 }
const valueOf = (code: number): number => Math.fround(code * grid.scale + grid.min)

test('finds the codes of stored values again', () => {
  const bytes = Array.from({ length: 256 }, (_, code) => code)
  expect(leafCodes(Float64Array.from(bytes, valueOf), grid)).toEqual(Uint8Array.from(bytes))
  const words = [0, 256, 40_000, 65_535]
  expect(leafCodes(Float64Array.from(words, valueOf), grid)).toEqual(Uint16Array.from(words))
})

test.each([valueOf(3) + 1e-6, valueOf(65_536), valueOf(-1), NaN, Infinity])(
  'has no codes where %d is among the values',
  (value) => {
    expect(leafCodes(Float64Array.of(valueOf(0), value), grid)).toBeUndefined()
  },
)

test('has no codes on a grid of one point with other values', () => {
  expect(leafCodes(Float64Array.of(1, 2), { scale: 0, min: 1 })).toBeUndefined()
})

test('adds nothing where all leaves are the one point of a grid', () => {
  expect(leafCodes(Float64Array.of(1, 1), { scale: 1, min: 1 })).toEqual(Uint8Array.of(0, 0))
})
