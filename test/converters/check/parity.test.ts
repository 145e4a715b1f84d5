// Golden and given answers in; what differs, whether a close call excuses it, and which rows are worst out.
import { describe, expect, test } from 'vitest'
import { compareWithGolden } from '../../../converters/check/parity.ts'
import type { Answer } from '../../../src/rows/prediction.ts'

const vote = (p: number): Answer => ({ label: p > 0.5 ? 'yes' : 'no', probabilities: [1 - p, p] })
const value = (x: number): Answer => ({ value: x })

describe('uint8', () => {
  const compare = (golden: Answer[], given: Answer[]) => compareWithGolden(golden, given, { mode: 'uint8' })

  test('lets probabilities move by 0.01 and no further', () => {
    expect(compare([vote(0.9)], [vote(0.891)]).isPassed).toBe(true)
    expect(compare([vote(0.9)], [vote(0.889)]).isPassed).toBe(false)
  })

  test('excuses a flip between probabilities less than 0.02 apart', () => {
    expect(compare([vote(0.505)], [vote(0.4999)])).toMatchObject({ isPassed: true, labelFlips: 1, unexcusedFlips: 0 })
  })

  test('does not excuse a flip that the probabilities do not explain', () => {
    const report = compare([vote(0.6)], [{ label: 'no', probabilities: [0.4, 0.6] }])
    expect(report).toMatchObject({ isPassed: false, labelFlips: 1, unexcusedFlips: 1 })
  })

  test('does not excuse a flip where the source gave no probabilities', () => {
    expect(compare([{ label: 'yes' }], [vote(0.49)]).isPassed).toBe(false)
  })

  test('measures values by the range of the golden ones', () => {
    expect(compare([value(0), value(100)], [value(0.45), value(100)]).isPassed).toBe(true)
    expect(compare([value(0), value(100)], [value(0.55), value(100)]).isPassed).toBe(false)
  })

  test('measures each column of several targets by its own range', () => {
    const golden: Answer[] = [{ value: [0, 0] }, { value: [1, 1000] }]
    const given: Answer[] = [{ value: [0.1, 0] }, { value: [1, 1000] }]
    expect(compare(golden, given).isPassed).toBe(false)
  })

  test('only reports scores where there are probabilities', () => {
    const golden: Answer[] = [{ ...vote(0.9), scores: [5] }]
    expect(compare(golden, [{ ...vote(0.9), scores: [6] }])).toMatchObject({ isPassed: true, largest: { score: 1 } })
  })
})

describe('none', () => {
  const compare = (golden: Answer[], given: Answer[]) => compareWithGolden(golden, given, { mode: 'none' })

  test('allows what float32 costs', () => {
    expect(compare([value(1e6)], [value(1e6 + 5)]).isPassed).toBe(true)
    expect(compare([value(1e6)], [value(1e6 + 50)]).isPassed).toBe(false)
    expect(compare([vote(0.9)], [vote(0.90002)]).isPassed).toBe(false)
  })
})

test('adds what float32 arithmetic costs in a row to the tolerance of that row', () => {
  const noise = [1e-4, 0]
  expect(compareWithGolden([vote(0.9), vote(0.9)], [vote(0.90009), vote(0.9)], { mode: 'none', noise }).isPassed).toBe(
    true,
  )
  expect(compareWithGolden([vote(0.9), vote(0.9)], [vote(0.9), vote(0.90009)], { mode: 'none', noise }).isPassed).toBe(
    false,
  )
})

test('takes the tolerance that a caller gives', () => {
  const options = { mode: 'uint8', tolerance: { probability: 0.2 } } as const
  expect(compareWithGolden([vote(0.9)], [vote(0.75)], options).isPassed).toBe(true)
  expect(compareWithGolden([vote(0.9)], [vote(0.89)], { mode: 'uint8', tolerance: { probability: 0 } }).isPassed).toBe(
    false,
  )
})

test('takes NaN for equal to NaN and for nothing else', () => {
  const vector = (...values: number[]): Answer => ({ vector: values })
  expect(compareWithGolden([vector(NaN, 1)], [vector(NaN, 1)], { mode: 'none' }).isPassed).toBe(true)
  expect(compareWithGolden([vector(NaN, 1)], [vector(0, 1)], { mode: 'none' }).isPassed).toBe(false)
  expect(compareWithGolden([vector(0, 1)], [vector(NaN, 1)], { mode: 'none' }).isPassed).toBe(false)
})

test('lists the rows that used most of their tolerance first', () => {
  const golden = [0.1, 0.2, 0.3].map(vote)
  const given = [0.101, 0.209, 0.3].map(vote)
  expect(compareWithGolden(golden, given, { mode: 'uint8' }).worstRows.map(({ row }) => row)).toEqual([1, 0, 2])
})
