// Golden rows in the forms that scikit-learn's answers have in; answers in ours out.
import { expect, test } from 'vitest'
import { readGolden } from '../../../converters/check/golden-rows.ts'
import type { Head } from '../../../src/artifact/head.ts'

const classifier: Head = {
  kind: 'classifier',
  hasScores: true,
  targets: [{ classes: ['a', 'b'], start: 0, width: 1, link: 'sigmoid' }],
}
const twoTargets: Head = {
  kind: 'classifier',
  hasScores: false,
  targets: [
    { classes: [0, 1], start: 0, width: 2, link: 'identity' },
    { classes: [0, 1], start: 2, width: 2, link: 'identity' },
  ],
}
const regressor: Head = { kind: 'regressor', link: 'identity', targetCount: 1 }
const transformer: Head = { kind: 'transformer', width: 2 }

test('joins what the methods of a classifier answered', () => {
  const expected = {
    predict: ['a', 'b'],
    predict_proba: [
      [0.7, 0.3],
      [0.1, 0.9],
    ],
    decision_function: [-1, 2],
  }
  expect(readGolden({ rows: [[1], [2]], expected }, classifier).answers).toEqual([
    { label: 'a', probabilities: [0.7, 0.3], scores: [-1] },
    { label: 'b', probabilities: [0.1, 0.9], scores: [2] },
  ])
})

test('takes probabilities of several targets by row and, as scikit-learn gives them, by target', () => {
  const byRow = [
    [
      [0.1, 0.9],
      [0.2, 0.8],
    ],
    [
      [0.3, 0.7],
      [0.4, 0.6],
    ],
    [
      [0.5, 0.5],
      [1, 0],
    ],
  ]
  const byTarget = [byRow.map(([first]) => first), byRow.map(([, second]) => second)]
  const read = (predict_proba: unknown) =>
    readGolden({ rows: [[], [], []], expected: { predict_proba } }, twoTargets).answers
  expect(read(byRow)).toEqual(byRow.map((probabilities) => ({ probabilities })))
  expect(read(byTarget)).toEqual(read(byRow))
})

test('reads null in a transformed row as NaN', () => {
  const { answers } = readGolden({ rows: [[1]], expected: { transform: [[null, 2]] } }, transformer)
  expect(answers).toEqual([{ vector: [NaN, 2] }])
})

const bad: readonly (readonly [name: string, golden: unknown, head: Head, text: RegExp])[] = [
  ['no object', [], classifier, /must be \{ "rows"/],
  ['no rows', { rows: [], expected: { predict: [] } }, classifier, /at least one row/],
  ['nothing expected', { rows: [[1]], expected: {} }, classifier, /some of predict/],
  ['an unknown method', { rows: [[1]], expected: { score: [1] } }, classifier, /got score/],
  ['too few answers', { rows: [[1], [2]], expected: { predict: ['a'] } }, classifier, /each of 2 rows, got 1 answers/],
  ['probabilities of a regressor', { rows: [[1]], expected: { predict_proba: [[1]] } }, regressor, /is a regressor/],
  [
    'a text where a number belongs',
    { rows: [[1]], expected: { predict: ['x'] } },
    regressor,
    /must be numbers, got "x"/,
  ],
]

test.each(bad)('refuses %s', (_name, golden, head, text) => {
  expect(() => readGolden(golden, head)).toThrow(
    expect.objectContaining({ code: 'INPUT_INVALID', message: expect.stringMatching(text) }),
  )
})
