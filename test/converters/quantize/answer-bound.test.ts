// Raw columns and errors within their bounds in; answers that never move by more than was said out.
import { expect, test } from 'vitest'
import { answerBound, errorBudget } from '../../../converters/quantize/answer-bound.ts'
import { createSeededRandom } from '../../../src/rows/seeded-random.ts'
import type { ClassifierTarget, Head } from '../../../src/artifact/head.ts'
import { createDecoder } from '../../../src/rows/decode.ts'
import { flat } from '../../../converters/check/answer-difference.ts'

const targets: readonly ClassifierTarget[] = [
  { classes: [0, 1], start: 0, width: 1, link: 'identity' },
  { classes: [0, 1], start: 0, width: 1, link: 'sigmoid' },
  { classes: [0, 1], start: 0, width: 1, link: 'sigmoid', scale: 2 },
  { classes: [0, 1, 2], start: 0, width: 3, link: 'softmax' },
  { classes: [0, 1, 2], start: 0, width: 3, link: 'ovr-sigmoid' },
  { classes: [0, 1, 2], start: 0, width: 3, link: 'each-sigmoid', scale: 2 },
]

test.each(targets)('$link (scale $scale) moves probabilities by no more than the bound', (target) => {
  const head: Head = { kind: 'classifier', hasScores: false, targets: [target] }
  const decode = createDecoder(head)
  const random = createSeededRandom(3)
  let closest = 0
  for (let round = 0; round < 3000; round++) {
    const errors = Float64Array.from({ length: target.width }, () => 0.02 * random.uniform())
    const raw = errors.map(() => (target.link === 'identity' ? random.uniform() : 2 * random.normal()))
    const moved = raw.map((value, column) => value + errors[column] * (random.uniform() < 0.5 ? 1 : -1))
    const before = flat(decode(raw, 0).probabilities)
    const after = flat(decode(moved, 0).probabilities)
    const largest = Math.max(...before.map((p, k) => Math.abs(p - after[k])))
    const bound = answerBound(head, errors, new Float64Array(target.width)).budgetUse * errorBudget.probability
    // Slopes are exact to first order; the rest is of second order in errors of 0.02.
    expect(largest).toBeLessThanOrEqual(bound * 1.02 + 1e-12)
    closest = Math.max(closest, largest / bound)
  }
  expect(closest).toBeGreaterThan(0.5)
})

test('measures values by the range of their own column', () => {
  const head: Head = { kind: 'regressor', link: 'identity', targetCount: 2 }
  const { budgetUse } = answerBound(head, Float64Array.of(0.004, 0.4), Float64Array.of(1, 1000))
  expect(budgetUse).toBeCloseTo(1, 9)
})

test('reads an error of an exponent as a relative one', () => {
  const head: Head = { kind: 'regressor', link: 'exp', targetCount: 1 }
  const { budgetUse } = answerBound(head, Float64Array.of(0.004), Float64Array.of(50))
  expect(budgetUse).toBeCloseTo(Math.expm1(0.004) / 0.004, 9)
})
