// Rows and measures of them in, percentile intervals over seeded resamples out.

import type { Interval } from '../../monitoring/interval.ts'
import type { RowWeights } from '../../monitoring/roc-auc.ts'
import { createSeededRandom, spreadSeed } from '../../rows/seeded-random.ts'
import { percentileInterval } from './percentile-interval.ts'

export const bootstrapResamples = 2000

export type BootstrapOptions = {
  /** @default 2,000 */
  readonly resamples?: number
  /** @default 0 */
  readonly seed?: number
}

/**
 * The percentile bootstrap (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13): rows are drawn with
 * replacement, as many as there are; each draw is handed to `measure` as how often each row came.
 * @returns an interval a measure; draws whose measure is NaN, such as those of one class, are left out
 */
export function bootstrapIntervals<TName extends string>(
  rowCount: number,
  measure: (weights: RowWeights) => Readonly<Record<TName, number>>,
  { resamples = bootstrapResamples, seed = 0 }: BootstrapOptions = {},
): Record<TName, Interval> {
  const random = createSeededRandom(spreadSeed(seed))
  const weights = new Int32Array(rowCount)
  const values = new Map<string, Float64Array>()
  for (let resample = 0; resample < resamples; resample++) {
    weights.fill(0)
    for (let i = 0; i < rowCount; i++) weights[random.integer(rowCount)] += 1
    for (const [name, value] of Object.entries<number>(measure(weights))) {
      const column = values.get(name) ?? new Float64Array(resamples)
      values.set(name, column)
      column[resample] = value
    }
  }
  return Object.fromEntries([...values].map(([name, column]) => [name, percentileInterval(column)])) as Record<
    TName,
    Interval
  >
}

/** Of two models on the same rows, with its 95 % interval. */
export type PairedDifference = {
  /** first − second. */
  readonly difference: number
  readonly interval: Interval
}

/** Difference of two models' accuracies on the same rows, and its interval over the same resamples. */
export function pairedAccuracyDifference(
  truth: Uint8Array,
  first: Uint8Array,
  second: Uint8Array,
  options: BootstrapOptions = {},
): PairedDifference {
  const gain = Int8Array.from(truth, (wanted, row) => Number(first[row] === wanted) - Number(second[row] === wanted))
  const meanGain = (weights?: RowWeights): number => {
    let sum = 0
    for (let row = 0; row < gain.length; row++) sum += gain[row] * (weights === undefined ? 1 : weights[row])
    return sum / gain.length
  }
  const { accuracy } = bootstrapIntervals(truth.length, (weights) => ({ accuracy: meanGain(weights) }), options)
  return { difference: meanGain(), interval: accuracy }
}
