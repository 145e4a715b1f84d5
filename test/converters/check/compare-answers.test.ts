// Two lists of answers in; flips, ties and the largest differences out.
import { expect, test } from 'vitest'
import { compareAnswers } from '../../../converters/check/compare-answers.ts'

const pair = { set: 'golden', against: 'source' } as const

test('counts a flip where the source cannot tell its classes apart as a tie', () => {
  const source = [
    { label: 'no', probabilities: [0.5, 0.5] },
    { label: 'no', probabilities: [0.51, 0.49] },
    { label: 'yes', probabilities: [0.1, 0.9] },
  ]
  const given = [
    { label: 'yes', probabilities: [0.4999999, 0.5000001] },
    { label: 'yes', probabilities: [0.48, 0.52] },
    { label: 'yes', probabilities: [0.1, 0.9] },
  ]
  const found = compareAnswers({ ...pair, source, given })
  expect(found).toMatchObject({ ...pair, rowCount: 3, labelFlips: 1, tieFlips: 1 })
  expect(found.largest.probability).toBeCloseTo(0.03, 12)
})

test('counts every flip where the source gives labels alone', () => {
  const found = compareAnswers({ ...pair, source: [{ label: 1 }, { label: 0 }], given: [{ label: 0 }, { label: 0 }] })
  expect(found).toEqual({ ...pair, rowCount: 2, labelFlips: 1, tieFlips: 0, largest: {} })
})

test('has no flips for answers without labels', () => {
  const found = compareAnswers({ ...pair, source: [{ value: 1 }, { value: 5 }], given: [{ value: 1.5 }, { value: 5 }] })
  expect(found).toEqual({ ...pair, rowCount: 2, labelFlips: null, tieFlips: 0, largest: { value: 0.5 } })
})
