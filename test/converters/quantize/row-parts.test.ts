// Magnitudes and energies in; parts whose grids fit their rows out.
import { expect, test } from 'vitest'
import { arrangeRows } from '../../../converters/quantize/row-parts.ts'

const arrange = (
  magnitudes: readonly number[],
  options: { readonly energies?: readonly number[]; readonly wordRows?: number; readonly outputWidth?: number } = {},
) => {
  const { energies = magnitudes.map(() => 1), wordRows = 0, outputWidth = 64 } = options
  return arrangeRows(Float64Array.from(magnitudes), Float64Array.from(energies), {
    encoding: 'uint8',
    wordRows,
    outputWidth,
  })
}

test('keeps rows of one magnitude together', () => {
  const { order, parts } = arrange([1, 0.98, 1, 0.99])
  expect(parts).toEqual([{ encoding: 'uint8', rowCount: 4, reach: 1 }])
  expect([...order]).toEqual([0, 2, 3, 1])
})

test('gives rows of small weights a finer grid of their own', () => {
  const { order, parts } = arrange([0.001, 1, 0.001, 1])
  expect([...order]).toEqual([1, 3, 0, 2])
  expect(parts.map(({ rowCount }) => rowCount)).toEqual([2, 2])
  expect(parts[1].reach).toBeLessThan(0.0011)
})

test('stores the rows whose rounding is felt most as uint16', () => {
  const { order, parts } = arrange([1, 0.1, 1, 1], { energies: [1, 10_000, 1, 1], wordRows: 1 })
  expect(order[0]).toBe(1)
  expect(parts.map(({ encoding, rowCount }) => [encoding, rowCount])).toEqual([
    ['uint16', 1],
    ['uint8', 3],
  ])
})

test('cuts no matrix of few weights', () => {
  expect(arrange([1, 0.001, 0.5, 1e-6], { outputWidth: 1 }).parts).toHaveLength(1)
})

test('holds every row within the reach of its part', () => {
  const magnitudes = Array.from({ length: 700 }, (_, row) => 2 ** -((row * 37) % 20))
  const { order, parts } = arrange(magnitudes, { wordRows: 30 })
  expect([...order].sort((a, b) => a - b)).toEqual(magnitudes.map((_, row) => row))
  const reaches = parts.flatMap(({ rowCount, reach }) => Array<number>(rowCount).fill(reach))
  order.forEach((row, at) => expect(magnitudes[row]).toBeLessThanOrEqual(reaches[at]))
})

test('takes rows of zeros', () => {
  expect(arrange([0, 0]).parts).toEqual([{ encoding: 'uint8', rowCount: 2, reach: 1 }])
})
