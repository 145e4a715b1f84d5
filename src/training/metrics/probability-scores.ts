// Scored rows in, how near their probabilities are to what happened out: Brier score and log loss.

import type { RowWeights } from '../../monitoring/roc-auc.ts'
import type { ScoredRows } from './scored-rows.ts'

/** scikit-learn's `log_loss` keeps float64 probabilities this far from 0 and 1. */
const logLossEpsilon = 2 ** -52

/** Mean of (p − truth)²: `brier_score_loss`. */
export function brierScore(rows: ScoredRows, weights?: RowWeights): number {
  return weightedMean(brierLosses(rows), weights)
}

/** Mean of −ln of the probability of what happened, in nats: `log_loss`. */
export function logLoss(rows: ScoredRows, weights?: RowWeights): number {
  return weightedMean(logLosses(rows), weights)
}

/** One a row. */
export function brierLosses({ truth, probability }: ScoredRows): Float64Array {
  return probability.map((p, i) => (p - truth[i]) ** 2)
}

/** One a row. */
export function logLosses({ truth, probability }: ScoredRows): Float64Array {
  return probability.map((p, i) => {
    const kept = Math.min(1 - logLossEpsilon, Math.max(logLossEpsilon, p))
    return truth[i] === 1 ? -Math.log(kept) : -Math.log(1 - kept)
  })
}

export function weightedMean(losses: Float64Array, weights?: RowWeights): number {
  let sum = 0
  let count = 0
  for (let i = 0; i < losses.length; i++) {
    const weight = weights === undefined ? 1 : weights[i]
    sum += weight * losses[i]
    count += weight
  }
  return sum / count
}
