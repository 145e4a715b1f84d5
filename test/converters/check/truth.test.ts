// Truths of the wrong type, width or model in, an error instead of an accuracy of nothing out.
import { expect, test } from 'vitest'
import { assertTruth, truthWarnings } from '../../../converters/check/truth.ts'
import type { Head } from '../../../src/artifact/head.ts'

const classifier = (...classes: (readonly (string | number | boolean)[])[]): Head => ({
  kind: 'classifier',
  hasScores: false,
  targets: classes.map((list) => ({ classes: list, start: 0, width: list.length, link: 'identity' })),
})
const regressor = (targetCount: number): Head => ({ kind: 'regressor', link: 'identity', targetCount })
const multilabel: Head = { kind: 'multilabel', classes: ['a', 'b', 'c'] }

const good: readonly (readonly [name: string, truth: readonly unknown[], head: Head])[] = [
  ['labels', [true, false], classifier([false, true])],
  ['labels in lists of one', [['a'], ['b']], classifier(['a', 'b'])],
  ['a label of each target', [['a', 1]], classifier(['a', 'b'], [0, 1])],
  ['yes and no of several labels', [[0, 1, 1]], multilabel],
  ['a label that is new to the model', ['a', 'new'], classifier(['a', 'b'])],
  ['values', [1, [2]], regressor(1)],
  ['a value of each target', [[1, 2]], regressor(2)],
]

test.each(good)('takes %s', (_name, truth, head) => {
  expect(() => assertTruth(truth, head)).not.toThrow()
})

const bad: readonly (readonly [name: string, truth: readonly unknown[], head: Head, text: RegExp])[] = [
  ['texts for numbers', ['0', '1'], classifier([0, 1]), /labels of the model \(0, 1\), got "0", "1"; .* same type/],
  ['numbers for yes and no', [0, 1, 1], classifier([false, true]), /\(false, true\), got 0, 1;/],
  ['labels of another model', ['x', 'y'], classifier(['a', 'b']), /got "x", "y"/],
  ['texts for the numbers of one target', [['a', '1']], classifier(['a'], [0, 1]), /truth of target 1 .*got "1"/],
  ['a missing label', ['a', null], classifier(['a', 'b']), /truth\[1\] must be a label, got null/],
  ['too few labels', [['a']], classifier(['a'], ['b']), /truth\[0\] must be a list of 2 labels/],
  ['too many labels', [[0, 1, 1, 0]], multilabel, /a list of 3 labels/],
  ['a text', ['5'], regressor(1), /must be a number, got "5"/],
  ['what is no number', [NaN], regressor(1), /must be a number, got NaN/],
  ['a value too many', [[1, 2]], regressor(1), /must have 1 number, got 2/],
  ['a value for two', [1], regressor(2), /must have 2 numbers, one a target, got 1/],
  ['truth of a transformer', [[1]], { kind: 'transformer', width: 1 }, /nothing to be right about/],
]

test.each(bad)('refuses %s', (_name, truth, head, text) => {
  expect(() => assertTruth(truth, head)).toThrow(
    expect.objectContaining({ code: 'INPUT_INVALID', message: expect.stringMatching(text) }),
  )
})

test('counts labels that the model cannot give', () => {
  const truth = ['a', 'new', 'b', 'newer', 'new']
  expect(truthWarnings(truth, classifier(['a', 'b']))).toEqual([
    '3 of 5 truths are none of the model\'s classes ("new", "newer") and count as wrong',
  ])
  expect(truthWarnings(['a'], classifier(['a', 'b']))).toEqual([])
  expect(truthWarnings([1], regressor(1))).toEqual([])
})
