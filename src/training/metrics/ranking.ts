// Scored rows in, how well their order tells positives from negatives out: ROC AUC, average precision and their curves.

import type { RowWeights, ScoredRows } from './scored-rows.ts'

/** A point of both curves: what holds where every row from the first to here is called positive. */
export type CurvePoint = {
  readonly threshold: number
  readonly truePositives: number
  readonly falsePositives: number
}

/**
 * Chance that a positive stands before a negative, ties counting half: the Mann–Whitney statistic, as scikit-learn's
 * `roc_auc_score`. NaN where one class is absent.
 */
export function rocAuc(rows: ScoredRows, weights?: RowWeights): number {
  let area = 0
  let before = 0
  const { positives, negatives } = walk(rows, weights, (tied) => {
    area += tied.negatives * (before + tied.positives / 2)
    before += tied.positives
  })
  return positives === 0 || negatives === 0 ? NaN : area / positives / negatives
}

/** Σ (R_n − R_{n−1}) P_n over distinct answers, as scikit-learn's `average_precision_score`; NaN without positives. */
export function averagePrecision(rows: ScoredRows, weights?: RowWeights): number {
  let sum = 0
  let found = 0
  let called = 0
  const { positives } = walk(rows, weights, (tied) => {
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
  walk(rows, weights, (tied) => {
    truePositives += tied.positives
    falsePositives += tied.negatives
    points.push({ threshold: tied.output, truePositives, falsePositives })
  })
  return points
}

type Tied = { output: number; positives: number; negatives: number }

/** Calls `visit` once a distinct answer, with the same object each time: two thousand resamples come through here. */
function walk(
  { rowCount, truth, output }: ScoredRows,
  weights: RowWeights | undefined,
  visit: (tied: Readonly<Tied>) => void,
): { readonly positives: number; readonly negatives: number } {
  const tied: Tied = { output: NaN, positives: 0, negatives: 0 }
  let positives = 0
  let negatives = 0
  for (let i = 0; i < rowCount; ) {
    tied.output = output[i]
    tied.positives = 0
    tied.negatives = 0
    for (; i < rowCount && output[i] === tied.output; i++) {
      const weight = weights === undefined ? 1 : weights[i]
      if (truth[i] === 1) tied.positives += weight
      else tied.negatives += weight
    }
    positives += tied.positives
    negatives += tied.negatives
    visit(tied)
  }
  return { positives, negatives }
}
