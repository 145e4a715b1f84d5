// Scored rows in, the four counts of a decision and the shares made of them out.

import type { RowWeights } from '../../monitoring/roc-auc.ts'
import type { ScoredRows } from './scored-rows.ts'

/** Rows by what was decided and what was true. */
export type Confusion = {
  readonly truePositives: number
  readonly falsePositives: number
  readonly trueNegatives: number
  readonly falseNegatives: number
}

/** Counts rows, each as often as its weight says. @default once */
export function confusion({ rowCount, truth, decided }: ScoredRows, weights?: RowWeights): Confusion {
  const counts = [0, 0, 0, 0]
  for (let i = 0; i < rowCount; i++) counts[2 * truth[i] + decided[i]] += weights === undefined ? 1 : weights[i]
  const [trueNegatives, falsePositives, falseNegatives, truePositives] = counts
  return { truePositives, falsePositives, trueNegatives, falseNegatives }
}

/** Share of rows decided rightly: scikit-learn's `accuracy_score`. */
export function accuracyOf({ truePositives, falsePositives, trueNegatives, falseNegatives }: Confusion): number {
  return (truePositives + trueNegatives) / (truePositives + falsePositives + trueNegatives + falseNegatives)
}

/** Share of the yeses that were right: `precision_score`; 0 where there is none. */
export function precisionOf({ truePositives, falsePositives }: Confusion): number {
  return ratio(truePositives, truePositives + falsePositives)
}

/** Share of the positives that were found: `recall_score`; 0 where there is none. */
export function recallOf({ truePositives, falseNegatives }: Confusion): number {
  return ratio(truePositives, truePositives + falseNegatives)
}

/** Harmonic mean of precision and recall: `f1_score`; 0 where both are. */
export function f1Of({ truePositives, falsePositives, falseNegatives }: Confusion): number {
  return ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives)
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}
