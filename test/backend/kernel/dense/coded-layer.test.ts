// Wide layers by 16-bit dot products are off by no more than half a code of each input.
import { describe, expect, test } from 'vitest'
import { suitsCodes } from '../../../../src/backend/kernel/dense/coded-layer.ts'
import { type DenseChain, runDenseChain } from '../../../../src/regions/dense-chain.ts'
import { createRandom } from '../../../helpers/random-regions.ts'
import { codedLayer, featureSets, rowsOf } from './dense-chains.ts'
import { denseKernel } from './dense-kernel.ts'

function wideChain(seed: number, inputWidth: number, outputWidth: number): DenseChain {
  return {
    kind: 'dense-chain',
    inputs: Array.from({ length: inputWidth }, (_, column) => ({ region: 0, column })),
    layers: [codedLayer(createRandom(seed), inputWidth, outputWidth)],
  }
}

describe.each(featureSets)('emitCodedLayer with %s', (_, features) => {
  test.each([
    [256, 8],
    [264, 16],
    [512, 24],
    [2048, 8],
  ])('answers within half a code, from %d to %d columns', (inputWidth, outputWidth) => {
    const chain = wideChain(inputWidth, inputWidth, outputWidth)
    const kernel = denseKernel(chain, { features, wideLayers: 'int16' })
    const floats = denseKernel(chain, { features })
    const largest = Math.min(32_767, (2 ** 31 - 1) / (128 * inputWidth))
    for (const rowCount of [4, 5, 7, 67]) {
      const rows = rowsOf(createRandom(rowCount), rowCount, inputWidth)
      rows[0].fill(0)
      // the largest codes of one sign: nothing may overflow
      rows[1].fill(-7)
      const raw = kernel.run(rows)
      rows.forEach((row, r) => {
        const exact = runDenseChain(chain, row)
        const most = row.reduce((size, x) => Math.max(size, Math.abs(x)), 0)
        exact.forEach((value, j) => {
          let weightSum = 0
          for (let i = 0; i < inputWidth; i++) weightSum += Math.abs(chain.layers[0].weights[i * outputWidth + j])
          const off = Math.abs(raw[r * outputWidth + j] - value)
          expect(off).toBeLessThanOrEqual((most / largest / 2) * weightSum + 2e-5 * (1 + Math.abs(value)))
        })
      })
      // it is another computation, not float32 under another name
      expect(raw).not.toEqual(floats.run(rows))
    }
  })

  test('answers NaN for a row with NaN, and no finite number for one with an infinity', () => {
    const rows = rowsOf(createRandom(5), 6, 256)
    rows[1][17] = NaN
    rows[4][255] = -Infinity
    const raw = denseKernel(wideChain(5, 256, 8), { features, wideLayers: 'int16' }).run(rows)
    const known = Array.from({ length: 6 }, (__, r) => raw.subarray(r * 8, r * 8 + 8).every(Number.isFinite))
    expect(known).toEqual([true, false, true, true, false, true])
    expect(raw.subarray(8, 16).every(Number.isNaN)).toBe(true)
  })
})

test('is not used for narrow or odd layers', () => {
  expect(suitsCodes({ inputWidth: 256, outputWidth: 8 })).toBe(true)
  expect(suitsCodes({ inputWidth: 255, outputWidth: 8 })).toBe(false)
  expect(suitsCodes({ inputWidth: 64, outputWidth: 64 })).toBe(false)
  expect(suitsCodes({ inputWidth: 4096, outputWidth: 64 })).toBe(false)
  expect(suitsCodes({ inputWidth: 512, outputWidth: 10 })).toBe(false)
})
