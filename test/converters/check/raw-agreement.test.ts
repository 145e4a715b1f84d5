// Raw columns of the oracle and of others in; float32 noise let pass and wrong graphs found out.
import { expect, test } from 'vitest'
import { rawAgreement } from '../../../converters/check/raw-agreement.ts'
import { interpret } from '../../../src/regions/interpret.ts'
import { binaryHead, denseModel, stumps, treeModel } from '../quantize/models.ts'

const dense = denseModel([6, 8, 1], binaryHead).graph
const trees = treeModel(stumps([-0.3, 0.2, 0.1, -0.2]), binaryHead).graph
const cases = [
  ['a dense chain', dense, [Float64Array.of(1, 2, 3, 4, 5, 6), Float64Array.of(1e6, 2, 3, 4, 5, 6)]],
  ['trees', trees, [Float64Array.of(0.4), Float64Array.of(2)]],
] as const

test.each(cases)('lets float32 noise of %s pass', (_name, graph, rows) => {
  const given = rows.map((row) => interpret(graph, row).map(Math.fround))
  expect(rawAgreement(graph, rows, given).use).toBeLessThanOrEqual(1)
})

test.each(cases)('finds %s that is a thousandth off', (_name, graph, rows) => {
  const given = rows.map((row) => interpret(graph, row).map((value) => value + 1e-3 * Math.max(1, Math.abs(value))))
  expect(rawAgreement(graph, rows, given)).toMatchObject({
    rowCount: 2,
    use: expect.toSatisfy((use: number) => use > 1),
  })
})

test('finds NaN where a number belongs', () => {
  expect(rawAgreement(trees, [Float64Array.of(1)], [Float64Array.of(NaN)]).use).toBe(Infinity)
})
