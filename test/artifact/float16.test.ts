// Half-precision bits against the values that IEEE 754 gives.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromFloat16Bits, toFloat16Bits } from '../../src/artifact/float16.ts'

const known: readonly (readonly [number, number])[] = [
  [0, 0x0000],
  [-0, 0x8000],
  [1, 0x3c00],
  [-2, 0xc000],
  [65504, 0x7bff],
  [2 ** -14, 0x0400],
  [2 ** -24, 0x0001],
  [Infinity, 0x7c00],
  [-Infinity, 0xfc00],
]

test.each(known)('%d is the bits %d', (value, bits) => {
  expect(toFloat16Bits(value)).toBe(bits)
  expect(fromFloat16Bits(bits)).toBe(value)
})

test('gives every bit pattern back', () => {
  for (let bits = 0; bits < 0x10000; bits++) {
    const value = fromFloat16Bits(bits)
    if (Number.isNaN(value)) expect(toFloat16Bits(value) & 0x7c00).toBe(0x7c00)
    else expect(toFloat16Bits(value)).toBe(bits)
  }
})

test('rounds to the nearest, ties to even, and overflows past 65519', () => {
  expect(fromFloat16Bits(toFloat16Bits(2049))).toBe(2048)
  expect(fromFloat16Bits(toFloat16Bits(2051))).toBe(2052)
  expect(fromFloat16Bits(toFloat16Bits(65519))).toBe(65504)
  expect(fromFloat16Bits(toFloat16Bits(65520))).toBe(Infinity)
  expect(fromFloat16Bits(toFloat16Bits(2 ** -25))).toBe(0)
})

test('is never further than half a step from the value', () => {
  fc.assert(
    fc.property(fc.double({ min: -60000, max: 60000, noNaN: true }), (value) => {
      const step = 2 ** Math.max(-24, Math.floor(Math.log2(Math.abs(value) || 1)) - 10)
      expect(Math.abs(fromFloat16Bits(toFloat16Bits(value)) - value)).toBeLessThanOrEqual(step / 2)
    }),
  )
})
