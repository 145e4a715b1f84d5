// Answers and truth in; accuracy, or error and explained variance, out.
import { expect, test } from 'vitest'
import { evaluate, readEvaluation } from '../../../converters/check/evaluate.ts'

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
  expect(() => readEvaluation(evaluation)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }))
})
