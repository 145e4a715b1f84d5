// Answers and truth in; accuracy, or error and explained variance, out.
import { expect, test } from 'vitest'
import { evaluate, readEvaluation } from '../../../converters/check/evaluate.ts'
import type { Head } from '../../../src/artifact/head.ts'

const regressor: Head = { kind: 'regressor', link: 'identity', targetCount: 1 }

test('counts right labels, of several targets all at once', () => {
  expect(evaluate([{ label: 'a' }, { label: 'b' }], ['a', 'a'])).toEqual({ rowCount: 2, accuracy: 0.5 })
  const answers = [{ label: ['a', 1] }, { label: ['a', 2] }]
  expect(
    evaluate(answers, [
      ['a', 1],
      ['a', 1],
    ]),
  ).toEqual({ rowCount: 2, accuracy: 0.5 })
})

test('does not take a text for the number that it looks like', () => {
  expect(evaluate([{ label: 1 }], ['1']).accuracy).toBe(0)
})

test('measures values as scikit-learn does', () => {
  const { rmse, r2 } = evaluate([{ value: 2.5 }, { value: 0 }, { value: 2 }, { value: 8 }], [3, -0.5, 2, 7])
  expect(rmse).toBeCloseTo(Math.sqrt(0.375), 12)
  expect(r2).toBeCloseTo(0.9486081370449679, 12)
})

test('explains nothing of constant truth that it misses', () => {
  expect(evaluate([{ value: 1 }, { value: 2 }], [1, 1]).r2).toBe(0)
  expect(evaluate([{ value: 1 }, { value: 1 }], [1, 1]).r2).toBe(1)
})

test.each([[{}], [{ rows: [1], truth: [] }], [{ rows: [], truth: [] }], ['x']])('refuses %j', (evaluation) => {
  expect(() => readEvaluation(evaluation, regressor)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }))
})

test('measures a decision about values by its threshold, on the side of yes at the threshold itself', () => {
  const answers = [{ value: 50 }, { value: 49.9 }, { value: 80 }, { value: 10 }]
  const evaluation = evaluate(answers, [100, 100, 0, 0], { threshold: 50 })
  expect(evaluation).toMatchObject({ rowCount: 4, accuracy: 0.5, decision: { threshold: 50 } })
})

test('counts a row of several values as right where all decisions are', () => {
  const answers = [{ value: [1, 0] }, { value: [1, 1] }]
  const truth = [
    [1, 0],
    [1, 0],
  ]
  expect(evaluate(answers, truth, { threshold: 0.5 }).accuracy).toBe(0.5)
})

test('refuses a decision about labels, and one without a number', () => {
  const labels: Head = {
    kind: 'classifier',
    hasScores: false,
    targets: [{ classes: [0, 1], start: 0, width: 1, link: 'sigmoid' }],
  }
  const invalid: unknown = expect.objectContaining({ code: 'INPUT_INVALID' })
  expect(() => readEvaluation({ rows: [1], truth: [1], decision: { threshold: 1 } }, labels)).toThrow(invalid)
  for (const decision of [{}, { threshold: '50' }, { threshold: NaN }, null])
    expect(() => readEvaluation({ rows: [1], truth: [1], decision }, regressor)).toThrow(invalid)
})
