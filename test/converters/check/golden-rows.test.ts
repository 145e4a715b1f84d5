// Golden rows in the forms that scikit-learn's answers have in; answers in ours out.
import { expect, test } from 'vitest'
import { readGolden, uncomparedWarnings } from '../../../converters/check/golden-rows.ts'
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
  ['a list of rows', [[1]], classifier, /got an array of 1/],
  ['nothing at all', null, classifier, /got null/],
  [
    'a label that the model does not have',
    { rows: [[1]], expected: { predict: ['maybe'] } },
    classifier,
    /golden expected\.predict\[0\] must be one of the classes \("a", "b"\), got "maybe"/,
  ],
  [
    'a text for the number that it looks like',
    { rows: [[1]], expected: { predict: [[0, '1']] } },
    twoTargets,
    /target 1/,
  ],
  ['labels of too few targets', { rows: [[1]], expected: { predict: [[0]] } }, twoTargets, /a list of 2 labels/],
  [
    'probabilities of too few classes',
    { rows: [[1]], expected: { predict_proba: [[0.2]] } },
    classifier,
    /must have 2 numbers, one a class \("a", "b"\), got 1/,
  ],
  [
    'values of too many targets',
    { rows: [[1]], expected: { predict: [[1, 2]] } },
    regressor,
    /must have 1 number, got 2/,
  ],
  ['too few columns', { rows: [[1]], expected: { transform: [[1]] } }, transformer, /2 numbers, one a column, got 1/],
  ['predictions of a transformer', { rows: [[1]], expected: { predict: [1] } }, transformer, /is a transformer/],
]

test('tells of answers that the model has no part for', () => {
  const answers = [{ label: 'a', probabilities: [0.7, 0.3] }]
  expect(uncomparedWarnings(answers, ['label', 'scores'])).toEqual([
    'golden answers of predict_proba were not compared: the model gives no probabilities',
  ])
  expect(uncomparedWarnings(answers, ['label', 'probabilities'])).toEqual([])
})

test.each(bad)('refuses %s', (_name, golden, head, text) => {
  expect(() => readGolden(golden, head)).toThrow(
    expect.objectContaining({ code: 'INPUT_INVALID', message: expect.stringMatching(text) }),
  )
})
