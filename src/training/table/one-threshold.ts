// One feature and a yes-or-no target in, the best that a single threshold on it can do out.

import { createError } from '../../errors.ts'
import { rocAuc } from '../../monitoring/roc-auc.ts'
import { scoredRows } from '../metrics/scored-rows.ts'
import { columnOf, targetOf, type TrainingTable } from './training-table.ts'
import { dataLimits } from './data-limits.ts'

export type OneThreshold = {
  readonly feature: string
  /** Yes where the feature is at least this, or below it. */
  readonly threshold: number
  readonly side: 'at least' | 'below'
  /** On the rows that it was chosen on. */
  readonly trainAccuracy: number
  /** Of the feature alone, whichever way round is better; 0.5 to 1. */
  readonly auc: number
}

/** Missing values are never called yes. */
export function bestThreshold(table: TrainingTable, feature: number, rows: Int32Array): OneThreshold {
  const all = columnOf(table, feature, rows)
  const target = targetOf(table, rows)
  const known = Int32Array.from(all, (_, i) => i).filter((i) => !Number.isNaN(all[i]))
  const order = known.sort((a, b) => all[a] - all[b])
  const positives = target.reduce((sum, value) => sum + value, 0)
  const knownPositives = order.reduce((sum, i) => sum + target[i], 0)
  const unknownNegatives = all.length - order.length - (positives - knownPositives)
  // below everything: nothing is called yes by `below`, every known row by `at least`
  let below = { positives: 0, negatives: 0 }
  let best = { right: -1, threshold: Infinity, side: 'at least' as OneThreshold['side'] }
  const consider = (threshold: number): void => {
    const aboveNegatives = order.length - knownPositives - below.negatives
    const atLeast = knownPositives - below.positives + below.negatives + unknownNegatives
    const isBelow = below.positives + aboveNegatives + unknownNegatives
    if (atLeast > best.right) best = { right: atLeast, threshold, side: 'at least' }
    if (isBelow > best.right) best = { right: isBelow, threshold, side: 'below' }
  }
  for (let i = 0; i < order.length; i++) {
    if (i === 0 || all[order[i]] !== all[order[i - 1]]) consider(all[order[i]])
    const isPositive = target[order[i]]
    below = { positives: below.positives + isPositive, negatives: below.negatives + 1 - isPositive }
  }
  consider(Infinity)
  const auc = order.length === 0 ? 0.5 : rocAuc(scoredRows(pick(target, order), pick64(all, order)))
  const { right, threshold, side } = best
  return {
    feature: table.featureNames[feature],
    threshold,
    side,
    trainAccuracy: right / all.length,
    auc: Number.isNaN(auc) ? 0.5 : Math.max(auc, 1 - auc),
  }
}

/** Share of other rows that the threshold decides rightly. */
export function thresholdAccuracy(table: TrainingTable, one: OneThreshold, rows: Int32Array): number {
  const values = columnOf(table, table.featureNames.indexOf(one.feature), rows)
  const right = values.filter((value, i) => {
    const isYes = one.side === 'at least' ? value >= one.threshold : value < one.threshold
    return Number(isYes) === table.target[rows[i]]
  })
  return right.length / rows.length
}

/** @throws INPUT_INVALID naming the feature that nearly is the answer */
export function assertNoLeak(ones: readonly OneThreshold[], minorityShare: number): void {
  for (const { feature, auc, trainAccuracy } of ones)
    if (auc >= dataLimits.leakingAuc || 1 - trainAccuracy <= dataLimits.leakingErrorShare * minorityShare)
      throw createError(
        'INPUT_INVALID',
        `feature ${feature} alone tells the classes apart (AUC ${auc.toFixed(4)}, accuracy ${trainAccuracy.toFixed(4)} by one threshold); ` +
          'it was probably written after the outcome. Take it out of data.features',
        { details: { feature, auc, accuracy: trainAccuracy } },
      )
}

function pick(values: Uint8Array, order: Int32Array): Uint8Array {
  return Uint8Array.from(order, (i) => values[i])
}

function pick64(values: Float64Array, order: Int32Array): Float64Array {
  return Float64Array.from(order, (i) => values[i])
}
