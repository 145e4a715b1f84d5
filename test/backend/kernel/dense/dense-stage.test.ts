// Kernels of dense chains answer what the float64 reference does, as closely as float32 can.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runDenseChain } from '../../../../src/regions/dense-chain.ts'
import { createRandom } from '../../../helpers/random-regions.ts'
import { activations, chainOf, expectWithinBound, featureSets, graphOf, rowsOf } from './dense-chains.ts'
import { denseKernel } from './dense-kernel.ts'

describe.each(featureSets)('emitDense with %s', (_, features) => {
  const widths = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 70 })), {
    minLength: 2,
    maxLength: 5,
  })

  test('answers within the rounding bound for any widths, activations and numbers of rows', () => {
    fc.assert(
      fc.property(
        widths,
        fc.array(fc.constantFrom(...activations), { minLength: 4, maxLength: 4 }),
        fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 256 })),
        fc.integer(),
        (layerWidths, bends, rowCount, seed) => {
          const random = createRandom(seed)
          const chain = chainOf(random, layerWidths, (layer) => bends[layer])
          const rows = rowsOf(random, rowCount, layerWidths[0])
          const kernel = denseKernel(chain, { features })
          const checked = rows.length <= 9 ? rows : [...rows.slice(0, 5), ...rows.slice(-4)]
          const raw = kernel.run(rows)
          const width = graphOf(chain).output.length
          const ends =
            checked === rows ? raw : Float32Array.from([...raw.slice(0, 5 * width), ...raw.slice(-4 * width)])
          expectWithinBound(graphOf(chain), checked, ends)
        },
      ),
      { numRuns: 120 },
    )
  })

  test.each([
    [20, 1],
    [3, 2],
    [33, 3],
    [5, 8],
    [17, 12],
    [70, 37],
    [300, 40],
  ])('answers the same by each variant, for every number of rows, from %d to %d columns', (inputWidth, outputWidth) => {
    const random = createRandom(inputWidth)
    const chain = chainOf(random, [inputWidth, outputWidth], () => 'identity')
    const kernel = denseKernel(chain, { features })
    for (const rowCount of [1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 63, 64, 65, 66, 67, 68, 130, 256]) {
      const rows = rowsOf(random, rowCount, inputWidth)
      kernel.titles.forEach((__, variant) => {
        const raw = kernel.run(rows, variant)
        expectWithinBound(graphOf(chain), rows, raw)
      })
    }
  })

  test('takes a not-a-number and an infinity as float64 arithmetic does, in their rows alone', () => {
    const random = createRandom(3)
    for (const widths of [
      [6, 1],
      [6, 9, 2],
      [6, 5, 4],
    ])
      for (const activation of activations) {
        const chain = chainOf(random, widths, () => activation)
        const rows = rowsOf(random, 9, 6)
        rows[2][1] = NaN
        rows[7][5] = NaN
        const raw = denseKernel(chain, { features }).run(rows)
        const width = widths[widths.length - 1]
        rows.forEach((row, r) => {
          const got = raw.subarray(r * width, (r + 1) * width)
          expect(Array.from(got, Number.isNaN)).toEqual(Array.from(got, () => row.some(Number.isNaN)))
        })
        const infinite = rowsOf(random, 4, 6)
        infinite[3][0] = Infinity
        const bent = denseKernel({ ...chain, layers: chain.layers.slice(0, 1) }, { features }).run(infinite)
        const first = chain.layers[0].outputWidth
        const expected = runDenseChain({ ...chain, layers: chain.layers.slice(0, 1) }, infinite[3])
        bent.subarray(3 * first).forEach((value, k) => expect(value).toBeCloseTo(expected[k], 4))
      }
  })

  test('overflows to infinity where the exact number is beyond float32, and loses no small weight', () => {
    const layer = { inputWidth: 2, outputWidth: 3, bias: new Float64Array(3), activation: 'identity' } as const
    const weights = Float64Array.from([3e38, -3e38, 1e-38, 3e38, -3e38, 2e-38])
    const inputs = [0, 1].map((column) => ({ region: 0, column }))
    const kernel = denseKernel({ kind: 'dense-chain', inputs, layers: [{ ...layer, weights }] }, { features })
    for (const rowCount of [1, 4]) {
      const raw = kernel.run(new Array<number[]>(rowCount).fill([1, 1]))
      expect(raw[0]).toBe(Infinity)
      expect(raw[1]).toBe(-Infinity)
      expect(raw[2] / 3e-38).toBeCloseTo(1, 5)
    }
  })

  test.each([
    [[20, 1], 20],
    [[7, 1], 9],
    [[1, 1], 1],
    [[20, 64, 32, 1], 20],
    [[5, 6, 3], 5],
    [[10, 3], 12],
    [[3, 2], 3],
  ] as const)('answers %j from canonical rows of %d numbers', (widths, rowWidth) => {
    const random = createRandom(rowWidth)
    const chain = chainOf(random, widths, (layer) => (layer === widths.length - 2 ? 'identity' : 'relu'))
    const kernel = denseKernel(chain, { features, rowWidth })
    for (const rowCount of [1, 2, 3, 4, 5, 6, 7, 31, 256]) {
      const rows = rowsOf(random, rowCount, rowWidth)
      const raw = kernel.runFromRows(rows)!
      expectWithinBound(graphOf(chain, rowWidth), rows, raw)
    }
  })

  test('says that canonical rows leave the range of float32, and forgets it with the next', () => {
    const random = createRandom(11)
    for (const widths of [
      [6, 1],
      [6, 4, 1],
      [5, 1],
      [5, 3],
    ]) {
      const kernel = denseKernel(
        chainOf(random, widths, () => 'identity'),
        { features, rowWidth: widths[0] },
      )
      for (const rowCount of [1, 6])
        for (const value of [NaN, Infinity, -Infinity, 3.5e38, -1e300])
          for (const column of [0, widths[0] - 1]) {
            const rows = rowsOf(random, rowCount, widths[0])
            rows[rowCount - 1][column] = value
            expect(kernel.runFromRows(rows)).toBeUndefined()
            rows[rowCount - 1][column] = 1e30
            expect(kernel.runFromRows(rows)).toBeDefined()
          }
    }
  })
})
