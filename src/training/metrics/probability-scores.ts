// Scored rows in, how near their probabilities are to what happened out: Brier score and log loss.

import type { RowWeights, ScoredRows } from './scored-rows.ts'

/** scikit-learn's `log_loss` keeps float64 probabilities this far from 0 and 1. */
const logLossEpsilon = 2 ** -52

/** Mean of (p − truth)²: `brier_score_loss`. */
export function brierScore(rows: ScoredRows, weights?: RowWeights): number {
  return meanOf(rows, weights, (p, truth) => (p - truth) ** 2)
}

/** Mean of −ln of the probability of what happened, in nats: `log_loss`. */
export function logLoss(rows: ScoredRows, weights?: RowWeights): number {
  return meanOf(rows, weights, (p, truth) => {
    const kept = Math.min(1 - logLossEpsilon, Math.max(logLossEpsilon, p))
    return truth === 1 ? -Math.log(kept) : -Math.log(1 - kept)
  })
}

function meanOf(
  { rowCount, truth, probability }: ScoredRows,
  weights: RowWeights | undefined,
  loss: (p: number, truth: number) => number,
): number {
  let sum = 0
  let count = 0
  for (let i = 0; i < rowCount; i++) {
    const weight = weights === undefined ? 1 : weights[i]
    if (weight === 0) continue
    sum += weight * loss(probability[i], truth[i])
    count += weight
  }
  return sum / count
}
