// Values in; grids that span them, keep 0 exact and round like TensorFlow.js out.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { affineGrid, codeOf, roundToGrid, valueOfCode } from '../../../converters/quantize/affine-grid.ts'

const encodings = ['uint8', 'uint16'] as const
/** Whole multiples of 1/8: no subnormal numbers, which float32 does not keep. */
const doubles = fc.array(
  fc.integer({ min: -8e6, max: 8e6 }).map((eighths) => eighths / 8),
  { minLength: 1, maxLength: 50 },
)

test.each(encodings)('%s keeps 0 exact wherever it lies between the values', (encoding) => {
  fc.assert(
    fc.property(doubles, (list) => {
      const values = Float64Array.from([...list, -1, 1])
      expect(roundToGrid(affineGrid(values, encoding), 0)).toBe(0)
    }),
  )
})

test.each(encodings)('%s is off by at most one step at the ends and half a step between', (encoding) => {
  fc.assert(
    fc.property(doubles, (list) => {
      const values = Float64Array.from(list)
      const grid = affineGrid(values, encoding)
      const range = Math.max(...list) - Math.min(...list)
      const float32 = Math.max(...list.map(Math.abs)) * 2 ** -23
      for (const value of values)
        expect(Math.abs(roundToGrid(grid, value) - value)).toBeLessThanOrEqual(
          range > 0 ? grid.scale * 1.01 + float32 : float32,
        )
    }),
  )
})

test('gives equal values back exactly', () => {
  const grid = affineGrid(Float64Array.of(0.25, 0.25), 'uint8')
  expect(grid).toMatchObject({ scale: 1, min: 0.25 })
  expect(roundToGrid(grid, 0.25)).toBe(0.25)
})

test('does not nudge a grid whose values all have one sign', () => {
  expect(affineGrid(Float64Array.of(3, 10), 'uint8').min).toBe(3)
  expect(affineGrid(Float64Array.of(-10, -3), 'uint8').min).toBe(-10)
})

test('rounds halves to the even code and clips what lies outside', () => {
  const grid = { encoding: 'uint8', scale: 1, min: 0 } as const
  expect([0.5, 1.5, 2.5, -3, 300].map((value) => codeOf(grid, value))).toEqual([0, 2, 2, 0, 255])
})

test('stores what it computes in double as float32', () => {
  expect(valueOfCode({ encoding: 'uint8', scale: 0.1, min: 0 }, 3)).toBe(Math.fround(3 * 0.1))
})
