// Random networks and two rows in; the answer for every mix of their features, beside a plain run of the mixed row, out.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { coalitionGame } from '../../src/explain/coalition-game.ts'
import { type Activation, type DenseChain, runDenseChain } from '../../src/regions/dense-chain.ts'

const activations: readonly Activation[] = ['identity', 'relu', 'tanh', 'logistic']
const number = fc.double({ min: -3, max: 3, noNaN: true })
const numbers = (length: number) => fc.array(number, { minLength: length, maxLength: length })

const scene = fc
  .record({ widths: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 4 }), seed: fc.nat() })
  .chain(({ widths }) =>
    fc.record({
      layers: fc.tuple(
        ...widths.slice(1).map((outputWidth, l) =>
          fc.record({
            inputWidth: fc.constant(widths[l]),
            outputWidth: fc.constant(outputWidth),
            weights: numbers(widths[l] * outputWidth).map((list) => Float64Array.from(list)),
            bias: numbers(outputWidth).map((list) => Float64Array.from(list)),
            activation: fc.constantFrom(...activations),
          }),
        ),
      ),
      own: numbers(widths[0]).map((list) => Float64Array.from(list)),
      reference: numbers(widths[0]).map((list) => Float64Array.from(list)),
      // features of several columns, and columns of no player
      bitOf: fc.array(fc.integer({ min: -1, max: 2 }), { minLength: widths[0], maxLength: widths[0] }),
      output: fc.nat(widths[widths.length - 1] - 1),
    }),
  )

test('answers for every set of features what a run of the mixed row answers', () => {
  fc.assert(
    fc.property(scene, ({ layers, own, reference, bitOf, output }) => {
      const region: DenseChain = { kind: 'dense-chain', inputs: [], layers }
      const run = (row: Float64Array) => runDenseChain(region, row)
      const answerOf = coalitionGame({ chain: region, run }, { own, reference, bitOf, count: 3, output })
      for (let coalition = 0; coalition < 8; coalition++) {
        const mixed = own.map((value, i) => (bitOf[i] >= 0 && (coalition >> bitOf[i]) % 2 === 1 ? value : reference[i]))
        const wanted = run(mixed)[output]
        expect(Math.abs(answerOf(coalition) - wanted)).toBeLessThanOrEqual(1e-10 * (1 + Math.abs(wanted)))
      }
    }),
    { numRuns: 300 },
  )
})

test('settles the only coalition of two equal rows', () => {
  const region: DenseChain = {
    kind: 'dense-chain',
    inputs: [],
    layers: [
      {
        inputWidth: 1,
        outputWidth: 1,
        weights: Float64Array.of(2),
        bias: Float64Array.of(1),
        activation: 'relu',
      },
    ],
  }
  const row = Float64Array.of(3)
  const mix = { own: row, reference: row, bitOf: [-1], count: 0, output: 0 }
  expect(coalitionGame({ chain: region, run: (columns) => runDenseChain(region, columns) }, mix)(0)).toBe(7)
})
