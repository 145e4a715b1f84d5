// How far raw outputs may be off in, how far the answers can be off at most out, as a share of the error budget.

import type { ClassifierTarget, Head } from '../../src/artifact/head.ts'

/** What quantization may cost: part of what parity allows, since graphs also round to float32. */
export const errorBudget = {
  /** The bar is 0.01. */
  probability: 0.008,
  /** Of the range of the answers; the bar is 0.005. */
  shareOfRange: 0.004,
} as const

export type AnswerBound = {
  /** At most 1 where the budget holds. */
  readonly budgetUse: number
  /** For the report: `probabilities may move by up to 0.0123, allowed 0.008`. */
  readonly text: string
}

/**
 * Sound for every row. `rawErrors`: largest error of each raw column. `answerRanges`: highest minus lowest answer of
 * each raw column; only read where answers are not probabilities.
 */
export function answerBound(head: Head, rawErrors: Float64Array, answerRanges: Float64Array): AnswerBound {
  if (head.kind === 'classifier')
    return probabilityBound(Math.max(...head.targets.map((target) => targetBound(target, rawErrors))))
  if (head.kind === 'labels')
    return probabilityBound(
      Math.max(0, ...head.targets.map(({ probabilities }) => (probabilities ? Math.max(...rawErrors) : 0))),
    )
  if (head.kind === 'multilabel') return probabilityBound(Math.max(...rawErrors.subarray(0, head.classes.length)) / 4)
  // exp turns an absolute error of the exponent into a relative one of the answer, which is at most as large as the range.
  const grows = head.kind === 'regressor' && head.link === 'exp'
  const shares = rawErrors.map((error, column) => {
    const moved = grows ? Math.expm1(error) : error
    if (moved === 0) return 0
    return answerRanges[column] > 0 ? moved / (grows ? 1 : answerRanges[column]) : Infinity
  })
  const share = Math.max(...shares)
  return {
    budgetUse: share / errorBudget.shareOfRange,
    text: `answers may move by up to ${percent(share)} of their range, allowed ${percent(errorBudget.shareOfRange)}`,
  }
}

function probabilityBound(moved: number): AnswerBound {
  return {
    budgetUse: moved / errorBudget.probability,
    text: `probabilities may move by up to ${moved.toPrecision(2)}, allowed ${errorBudget.probability}`,
  }
}

/** Largest slope of each link, times the error. */
function targetBound(target: ClassifierTarget, rawErrors: Float64Array): number {
  const error = Math.max(...rawErrors.subarray(target.start, target.start + target.width))
  switch (target.link) {
    case 'identity':
      return error
    case 'sigmoid':
    case 'each-sigmoid':
      return (error * (target.scale ?? 1)) / 4
    // dp = p(1 − p)·(difference of two logits): at most 1/4 of twice the error; the same for logarithms of sigmoids.
    case 'softmax':
    case 'ovr-sigmoid':
      return error / 2
  }
}

function percent(share: number): string {
  return `${(100 * share).toPrecision(2)} %`
}
