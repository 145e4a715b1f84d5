// The formula `pair-votes`: a decision for each pair of classes becomes the class with the most votes, or a score a class.

import { pairCount } from './class-pairs.ts'
import { defineFormula } from './define-formula.ts'
import { choiceField, integerField } from './field.ts'

/**
 * A decision above 0 is a vote for the first class of its pair, else for the second.
 * - `winner`: the number of the first class with the most votes (libsvm's svm.cpp, `predict_values`).
 * - `scores`: votes + sum of decisions / (3 · (|sum| + 1)) (sklearn/utils/multiclass.py of 1.9.1,
 *   `_ovr_decision_function` as SVC calls it; there a decision of just 0 is a vote for the first class).
 */
export const pairVotes = defineFormula({
  kind: 'pair-votes',
  fields: { operation: choiceField('winner', 'scores'), classes: integerField(2, 100_000) },
  verify({ inputs, operation, classes }, fail) {
    if (inputs.length !== pairCount(classes))
      fail('classes', `must have ${inputs.length} pairs, got ${classes} classes`)
    return operation === 'winner' ? 1 : classes
  },
  compile({ operation, classes }) {
    if (operation === 'winner') {
      const votes = new Int32Array(classes)
      return (input, output) => {
        votes.fill(0)
        for (let i = 0, pair = 0; i < classes; i++)
          for (let j = i + 1; j < classes; j++, pair++) votes[input[pair] > 0 ? i : j]++
        let best = 0
        for (let i = 1; i < classes; i++) if (votes[i] > votes[best]) best = i
        output[0] = best
      }
    }
    const sums = new Float64Array(classes)
    return (input, output) => {
      sums.fill(0)
      output.fill(0)
      for (let i = 0, pair = 0; i < classes; i++)
        for (let j = i + 1; j < classes; j++, pair++) {
          sums[i] += input[pair]
          sums[j] -= input[pair]
          output[input[pair] < 0 ? j : i]++
        }
      for (let i = 0; i < classes; i++) output[i] += sums[i] / (3 * (Math.abs(sums[i]) + 1))
    }
  },
  describe: ({ operation, classes }) => `${operation} of ${classes} classes`,
})
