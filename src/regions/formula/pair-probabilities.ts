// The formula `pair-probabilities`: a decision for each pair of classes becomes a probability a class.

import { assertFinite, assertLength } from '../table-checks.ts'
import { pairCount } from './class-pairs.ts'
import { defineFormula } from './define-formula.ts'
import { integerField, tableField } from './field.ts'

/** libsvm keeps the probabilities of pairs away from 0 and 1. */
const leastProbability = 1e-7

/**
 * The sigmoid of each pair's decision (Platt), then the probabilities of the classes that agree best with those of the pairs:
 * the second method of Wu, Lin and Weng, "Probability estimates for multi-class classification by pairwise coupling", 2004.
 * Source: libsvm's svm.cpp as scikit-learn 1.9.1 has it, `predict_probability` and `multiclass_probability`, with its bounds.
 */
export const pairProbabilities = defineFormula({
  kind: 'pair-probabilities',
  fields: {
    classes: integerField(2, 10_000),
    /** [1, pairs]: p(first class of the pair) = 1 / (1 + exp(decision · slope + offset)). */
    slopes: tableField,
    /** [1, pairs] */
    offsets: tableField,
  },
  verify({ inputs, classes, slopes, offsets }, fail) {
    if (inputs.length !== pairCount(classes))
      fail('classes', `must have ${inputs.length} pairs, got ${classes} classes`)
    assertLength(fail, 'slopes', slopes.values, inputs.length)
    assertLength(fail, 'offsets', offsets.values, inputs.length)
    assertFinite(fail, 'slopes', slopes.values)
    assertFinite(fail, 'offsets', offsets.values)
    return classes
  },
  compile({ classes, slopes: { values: slopes }, offsets: { values: offsets } }) {
    /** [i, j]: probability of i against j. */
    const pairs = new Float64Array(classes * classes)
    const couple = createCoupling(classes)
    return (input, output) => {
      for (let i = 0, pair = 0; i < classes; i++)
        for (let j = i + 1; j < classes; j++, pair++) {
          const p = fallingSigmoid(input[pair] * slopes[pair] + offsets[pair])
          pairs[i * classes + j] = Math.min(Math.max(p, leastProbability), 1 - leastProbability)
          pairs[j * classes + i] = 1 - pairs[i * classes + j]
        }
      couple(pairs, output)
    }
  },
  describe: ({ classes }) => `${classes} classes`,
})

/** 1 / (1 + exp(x)) without overflow. */
function fallingSigmoid(x: number): number {
  return x >= 0 ? Math.exp(-x) / (1 + Math.exp(-x)) : 1 / (1 + Math.exp(x))
}

function createCoupling(classes: number) {
  const q = new Float64Array(classes * classes)
  const qp = new Float64Array(classes)
  const mostIterations = Math.max(100, classes)
  const tolerance = 0.005 / classes
  return (r: Float64Array, p: Float64Array): void => {
    fillQuadratic(q, r, classes)
    p.fill(1 / classes)
    for (let iteration = 0; iteration < mostIterations; iteration++) {
      let pqp = 0
      for (let t = 0; t < classes; t++) {
        qp[t] = 0
        for (let j = 0; j < classes; j++) qp[t] += q[t * classes + j] * p[j]
        pqp += p[t] * qp[t]
      }
      let worst = 0
      for (let t = 0; t < classes; t++) worst = Math.max(worst, Math.abs(qp[t] - pqp))
      if (worst < tolerance) break
      for (let t = 0; t < classes; t++) {
        const step = (-qp[t] + pqp) / q[t * classes + t]
        p[t] += step
        pqp = (pqp + step * (step * q[t * classes + t] + 2 * qp[t])) / (1 + step) / (1 + step)
        for (let j = 0; j < classes; j++) {
          qp[j] = (qp[j] + step * q[t * classes + j]) / (1 + step)
          p[j] /= 1 + step
        }
      }
    }
  }
}

/** Q of the paper: what p minimizes is pᵀ · Q · p. */
function fillQuadratic(q: Float64Array, r: Float64Array, classes: number): void {
  for (let t = 0; t < classes; t++) {
    let diagonal = 0
    for (let j = 0; j < classes; j++) {
      if (j === t) continue
      const against = r[j * classes + t]
      diagonal += against * against
      q[t * classes + j] = j < t ? q[j * classes + t] : -against * r[t * classes + j]
    }
    q[t * classes + t] = diagonal
  }
}
