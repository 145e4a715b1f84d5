// Answers of any fields in, predictions with just these fields out, and back.

import { describe, expect, it } from 'vitest'
import { type Answer, answerOf, predictionOf } from '../../src/rows/prediction.ts'

const fields: Required<Answer> = {
  label: 'yes',
  probabilities: [0.25, 0.75],
  scores: [1.1],
  value: 0,
  vector: [1, 2],
  outputs: { a: [1] },
}
const names = Object.keys(fields) as (keyof Answer)[]
const subsets = Array.from({ length: 2 ** names.length }, (_, bits) => names.filter((_name, i) => (bits >> i) & 1))
const origin = { model: 'churn', version: '3', source: 'cache' } as const

describe('prediction of an answer', () => {
  it.each(subsets.map((subset) => [subset.join(', ') || 'no fields', subset] as const))('has just %s', (_, subset) => {
    const answer: Answer = Object.fromEntries(subset.map((name) => [name, fields[name]]))
    const prediction = predictionOf({ ...origin, more: 1 } as typeof origin, answer)
    expect(Object.entries(prediction)).toEqual([...Object.entries(origin), ...Object.entries(answer)])
    expect(Object.entries(answerOf(prediction))).toEqual(Object.entries(answer))
    // the very values: nobody copies a list once more
    for (const name of subset) expect(prediction[name]).toBe(fields[name])
  })

  it('leaves out what is undefined, whatever else is there', () => {
    for (const subset of subsets) {
      const answer = Object.fromEntries(names.map((name) => [name, subset.includes(name) ? fields[name] : undefined]))
      expect(Object.keys(predictionOf(origin, answer))).toEqual([...Object.keys(origin), ...subset])
      expect(Object.keys(answerOf({ ...origin, ...answer, rule: 'r', reason: 'x' }))).toEqual(subset)
    }
  })
})
