// The rows of a run and its out-of-fold answers in; cross-validation, the best that can be reached and single thresholds out.

import { measure, type Measures, valuesOf } from '../metrics/measures.ts'
import { type ScoredRows, scoredRows } from '../metrics/scored-rows.ts'
import type { BestReachable, FoldRecord, ThresholdRecord } from '../run-record.ts'
import type { DataFacts } from '../table/check-data.ts'
import { thresholdAccuracy } from '../table/one-threshold.ts'
import { targetOf, type TrainingTable } from '../table/training-table.ts'
import type { TrainedModel } from '../trainer.ts'
import type { TrainingFolder } from '../training-folder.ts'

type CrossValidationInput = {
  readonly folder: TrainingFolder
  readonly trained: Pick<TrainedModel, 'outOfFold'>
}

/** Only rows that may be judged: a fold's other rows were trained for, not on. */
export function crossValidation({ folder, trained }: CrossValidationInput): {
  readonly outOfFold: Measures
  readonly folds: readonly FoldRecord[]
} {
  const { config, table, split } = folder
  const scored = (positions: Int32Array): ScoredRows => {
    const judged = positions.filter((position) => table.isJudged[split.trainRows[position]] === 1)
    return scoredRows(
      targetOf(
        table,
        judged.map((position) => split.trainRows[position]),
      ),
      Float64Array.from(judged, (position) => trained.outOfFold[position]),
      config.decision,
    )
  }
  return {
    outOfFold: measure(scored(Int32Array.from(split.trainRows, (_, position) => position)), {
      seed: config.split.seed,
    }),
    folds: split.folds.map((fold) => {
      const rows = scored(fold)
      const { accuracy, rocAuc, brier } = valuesOf(rows)
      return { rowCount: rows.rowCount, accuracy, rocAuc, brier }
    }),
  }
}

/** Null where nobody knows the true probabilities. */
export function bestReachable({ trueProbability }: TrainingTable, rows: Int32Array): BestReachable | null {
  if (trueProbability === undefined) return null
  const mean = (score: (p: number) => number): number =>
    rows.reduce((sum, row) => sum + score(trueProbability[row]), 0) / rows.length
  const entropy = (p: number): number => (p === 0 ? 0 : -p * Math.log(p))
  return {
    accuracy: mean((p) => Math.max(p, 1 - p)),
    brier: mean((p) => p * (1 - p)),
    logLoss: mean((p) => entropy(p) + entropy(1 - p)),
  }
}

/** Best first. */
export function thresholdRecords(table: TrainingTable, facts: DataFacts, rows: Int32Array): ThresholdRecord[] {
  return facts.thresholds
    .map((one) => ({
      feature: one.feature,
      threshold: Number.isFinite(one.threshold) ? one.threshold : null,
      side: one.side,
      auc: one.auc,
      accuracy: thresholdAccuracy(table, one, rows),
    }))
    .sort((a, b) => b.accuracy - a.accuracy)
}
