import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { interpret } from '../../../../src/regions/interpret.ts'
import { hardValues, randomColumnGraphs } from '../../../helpers/random-columns.ts'
import { createEncode } from './run-encode.ts'

const orders = ['rows', 'columns'] as const

describe.each(orders)('emitEncode in order of %s', (order) => {
  it('writes what the interpreter says, whatever column-wise regions stand before', () => {
    const batches = fc.array(fc.tuple(hardValues, hardValues, hardValues), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(
        randomColumnGraphs,
        batches,
        fc.array(fc.nat(), { maxLength: 8 }),
        fc.constantFrom('f32', 'f64'),
        (all, rows, picks, element) => {
          // Whole blocks in order, and then single columns in any order, repeats included.
          const output = [...all.output, ...picks.map((pick) => all.output[pick % all.output.length])]
          const round = element === 'f32' ? Math.fround : (value: number) => value
          const expected = rows.map((row) => [...interpret({ ...all, output }, row)].map(round))
          expect(createEncode(all, output, { element, order })(rows)).toEqual(expected)
        },
      ),
      { numRuns: 300 },
    )
  })
})
