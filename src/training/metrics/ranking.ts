// Scored rows in, how well their order tells positives from negatives out: average precision, and the curves.

import { type RowWeights, visitTies } from '../../monitoring/roc-auc.ts'
import type { ScoredRows } from './scored-rows.ts'

/** A point of both curves: what holds where every row from the first to here is called positive. */
export type CurvePoint = {
  readonly threshold: number
  readonly truePositives: number
  readonly falsePositives: number
}

/** Σ (R_n − R_{n−1}) P_n over distinct answers, as scikit-learn's `average_precision_score`; NaN without positives. */
export function averagePrecision(rows: ScoredRows, weights?: RowWeights): number {
  let sum = 0
  let found = 0
  let called = 0
  const { positives } = visitTies(rows, weights, (tied) => {
    found += tied.positives
    called += tied.positives + tied.negatives
    if (tied.positives > 0) sum += tied.positives * (found / called)
  })
  return positives === 0 ? NaN : sum / positives
}

/** One point a distinct answer, the surest first. */
export function curvePoints(rows: ScoredRows, weights?: RowWeights): CurvePoint[] {
  const points: CurvePoint[] = []
  let truePositives = 0
  let falsePositives = 0
  visitTies(rows, weights, (tied) => {
    truePositives += tied.positives
    falsePositives += tied.negatives
    points.push({ threshold: tied.output, truePositives, falsePositives })
  })
  return points
}
