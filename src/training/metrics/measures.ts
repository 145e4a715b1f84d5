// Scored rows in, every measure of a yes-or-no model with its 95 % interval out.

import { calibrationError } from '../../monitoring/calibration-bins.ts'
import { type Interval, wilsonInterval } from '../../monitoring/interval.ts'
import { rocAuc, type RowWeights } from '../../monitoring/roc-auc.ts'
import { type BootstrapOptions, bootstrapIntervals } from './bootstrap.ts'
import { calibrationNoise } from './calibration-noise.ts'
import { accuracyOf, type Confusion, confusion, f1Of, precisionOf, recallOf } from './confusion.ts'
import { brierLosses, logLosses, weightedMean } from './probability-scores.ts'
import { averagePrecision } from './ranking.ts'
import type { ScoredRows } from './scored-rows.ts'

export const measureNames = [
  'accuracy',
  'precision',
  'recall',
  'f1',
  'rocAuc',
  'averagePrecision',
  'brier',
  'logLoss',
  'calibrationError',
] as const

export type MeasureName = (typeof measureNames)[number]

/** A measure of held-out rows; 0 to 1, but for `logLoss`, which is in nats. */
export type Measure = {
  readonly value: number
  /** 95 %. */
  readonly interval: Interval
  /**
   * Wilson's for proportions; else the percentile bootstrap; of the calibration error, whose interval is `chance`, what a
   * perfectly calibrated model would show on these rows.
   */
  readonly method: 'wilson' | 'bootstrap' | 'chance'
}

/** All that is measured of one model on one set of rows; plain JSON. */
export type Measures = {
  readonly rowCount: number
  readonly positives: number
  readonly confusion: Confusion
  readonly measures: Readonly<Record<MeasureName, Measure>>
}

/**
 * Nine measures of a yes-or-no model, each with its 95 % interval: Wilson's for proportions, else by bootstrap resamples.
 * @example
 * const { measures } = measure(scoredRows(truth, probability))
 * measures.accuracy // { value, interval: [low, high], method: 'wilson' }
 */
export function measure(rows: ScoredRows, options: BootstrapOptions = {}): Measures {
  const counts = confusion(rows)
  const { truePositives: hits, falsePositives, trueNegatives, falseNegatives } = counts
  const values = valuesOf(rows)
  const intervals = bootstrapIntervals(rows.rowCount, resampled(rows), options)
  const wilson = {
    accuracy: wilsonInterval(hits + trueNegatives, rows.rowCount),
    precision: wilsonInterval(hits, hits + falsePositives),
    recall: wilsonInterval(hits, hits + falseNegatives),
  }
  const measures = {} as Record<MeasureName, Measure>
  for (const name of measureNames)
    if (name !== 'calibrationError')
      measures[name] =
        name in wilson
          ? { value: values[name], interval: wilson[name as keyof typeof wilson], method: 'wilson' }
          : { value: values[name], interval: intervals[name as keyof typeof intervals], method: 'bootstrap' }
  measures.calibrationError = {
    value: values.calibrationError,
    interval: calibrationNoise(rows, options),
    method: 'chance',
  }
  return { rowCount: rows.rowCount, positives: hits + falseNegatives, confusion: counts, measures }
}

/** The values alone, for tables that show no interval. */
export function valuesOf(rows: ScoredRows): Record<MeasureName, number> {
  const counts = confusion(rows)
  return {
    accuracy: accuracyOf(counts),
    precision: precisionOf(counts),
    recall: recallOf(counts),
    ...resampled(rows)(),
    calibrationError: calibrationError(rows),
  }
}

/** What is resampled; losses of the rows are computed once for all draws. */
function resampled(rows: ScoredRows) {
  const [brier, log] = [brierLosses(rows), logLosses(rows)]
  return (weights?: RowWeights) => ({
    f1: f1Of(confusion(rows, weights)),
    rocAuc: rocAuc(rows, weights),
    averagePrecision: averagePrecision(rows, weights),
    brier: weightedMean(brier, weights),
    logLoss: weightedMean(log, weights),
  })
}
