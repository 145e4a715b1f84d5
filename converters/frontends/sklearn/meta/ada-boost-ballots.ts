// The algorithm and weight of one member of an AdaBoostClassifier in; what it adds to the decision function out.

import type { ColumnRef } from '../../../../src/regions/region.ts'
import type { ChildAnswers } from './child-answers.ts'
import type { FormulaColumns } from './formula-columns.ts'

/** One number for two classes, else one a class. */
export type Ballot = {
  /** From the class counts or shares of a leaf. */
  ofLeaf(shares: Float64Array): Float64Array
  ofChild(answers: ChildAnswers, formulas: FormulaColumns): ColumnRef[]
}

/** The label counts. @param share the member's weight, divided by the sum of all */
export function sammeBallot(classCount: number, share: number, isSymmetric: boolean): Ballot {
  const against = isSymmetric ? -share / (classCount - 1) : 0
  const table = decisionTable(classCount, (voted, k) => (voted === k ? share : against))
  return {
    ofLeaf(shares) {
      const voted = shares.indexOf(shares.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY))
      const width = table.length / classCount
      return table.slice(voted * width, (voted + 1) * width)
    },
    ofChild: (answers, formulas) =>
      formulas.linear(answers.votes(), table, new Float64Array(table.length / classCount)),
  }
}

/** Logarithms of probabilities count: `_samme_proba`. @param total the sum of all weights, which are 1 */
export function sammeRBallot(classCount: number, total: number): Ballot {
  const table = decisionTable(classCount, (i, k) => ((classCount - 1) * ((i === k ? 1 : 0) - 1 / classCount)) / total)
  const width = table.length / classCount
  return {
    ofLeaf(shares) {
      const sum = shares.reduce((all, value) => all + value, 0)
      const result = new Float64Array(width)
      shares.forEach((value, i) => {
        const log = Math.log(Math.max(value / (sum === 0 ? 1 : sum), epsilon))
        for (let k = 0; k < width; k++) result[k] += log * table[i * width + k]
      })
      return result
    },
    ofChild(answers, formulas) {
      const clipped = formulas.map(answers.probabilities(), 'clip', epsilon, Number.MAX_VALUE)
      return formulas.linear(formulas.map(clipped, 'log'), table, new Float64Array(width))
    },
  }
}

/** numpy.finfo(float64).eps */
const epsilon = 2 ** -52

/** Row-major [classes, outputs]; for two classes the one output is column 1 less column 0. */
function decisionTable(classCount: number, entry: (i: number, k: number) => number): Float64Array {
  if (classCount === 2) return Float64Array.of(entry(0, 1) - entry(0, 0), entry(1, 1) - entry(1, 0))
  return Float64Array.from({ length: classCount * classCount }, (_, at) =>
    entry(Math.floor(at / classCount), at % classCount),
  )
}
