// Scores and what came true in; accuracy's companions AUC, Brier score and calibration, each with an interval, out.

import { createMean } from './arm-outcomes.ts'
import { type CalibrationBin, calibrationBins, calibrationError } from './calibration-bins.ts'
import { aucInterval, type Interval, meanInterval, wilsonInterval } from './interval.ts'
import { rocAuc } from './roc-auc.ts'

/** A measure and its 95 % interval. */
export type Measured = { readonly value: number; readonly interval: Interval }

/** How often what was said with a probability came true. */
export type Calibration = {
  /** Mean distance of what was said and what came, weighted by rows (expected calibration error). */
  readonly error: number
  /** `interval` is that of `positives ÷ rowCount`. */
  readonly bins: readonly (CalibrationBin & { readonly interval: Interval })[]
}

/** Probability that a positive scores above a negative, ties half; undefined without both. */
export function areaUnderCurve(scores: Float64Array, truths: Uint8Array): Measured | undefined {
  const rowCount = scores.length
  const order = Uint32Array.from(scores, (_, i) => i).sort((i, j) => scores[j] - scores[i])
  const truth = Uint8Array.from(order, (i) => truths[i])
  const positives = truth.reduce((sum, came) => sum + came, 0)
  if (positives === 0 || positives === rowCount) return undefined
  const value = rocAuc({ rowCount, truth, output: Float64Array.from(order, (i) => scores[i]) })
  return { value, interval: aucInterval(value, positives, rowCount - positives) }
}

/** Mean squared distance of probability and truth. */
export function brierScore(scores: Float64Array, truths: Uint8Array): Measured {
  const losses = createMean()
  for (let i = 0; i < scores.length; i++) losses.add((scores[i] - truths[i]) ** 2)
  const [low, high] = meanInterval(losses)
  return { value: losses.mean, interval: [Math.max(0, low), Math.min(1, high)] }
}

/** Ten bins of equal width, empty ones left out. */
export function calibrationOf(scores: Float64Array, truths: Uint8Array): Calibration {
  const rows = { rowCount: scores.length, truth: truths, probability: scores }
  return {
    error: calibrationError(rows),
    bins: calibrationBins(rows).map((bin) => ({ ...bin, interval: wilsonInterval(bin.positives, bin.rowCount) })),
  }
}
