// Codes of decoded uint8 weights give these weights again, and other weights have none.
import { expect, test } from 'vitest'
import { toWeightCodes } from '../../../../src/backend/kernel/dense/weight-codes.ts'
import type { DenseLayer } from '../../../../src/regions/dense-chain.ts'
import { createRandom } from '../../../helpers/random-regions.ts'
import { codedLayer } from './dense-chains.ts'

test('finds the codes of columns that were stored as uint8', () => {
  const layer = codedLayer(createRandom(1), 512, 9)
  const { codes, scale, offset } = toWeightCodes(layer)!
  layer.weights.forEach((weight, at) => {
    const column = at % 9
    expect(Math.abs(offset[column] + scale[column] * codes[at] - weight)).toBeLessThan(1e-7)
  })
  expect(new Set(codes).size).toBe(256)
})

test('gives a column of one number the scale 0', () => {
  const layer: DenseLayer = { ...codedLayer(createRandom(2), 6, 1), weights: new Float64Array(6).fill(-0.3) }
  expect(toWeightCodes(layer)).toEqual({
    codes: new Int8Array(6).fill(-128),
    scale: Float64Array.of(0),
    offset: Float64Array.of(-0.3),
  })
})

test.each([
  ['more than 256 numbers', (i: number) => i],
  ['uneven numbers', (i: number) => (i < 2 ? i : i * Math.SQRT2)],
  ['a number that is none', (i: number) => (i === 3 ? NaN : i % 7)],
])('has none for a column of %s', (_, weightOf) => {
  const layer: DenseLayer = {
    ...codedLayer(createRandom(3), 300, 1),
    weights: Float64Array.from({ length: 300 }, (__, i) => weightOf(i)),
  }
  expect(toWeightCodes(layer)).toBeUndefined()
})
