// Scored rows in, how often what was said with a probability happened, bin by bin, out.

import { createSeededRandom, spreadSeed } from '../../rows/seeded-random.ts'
import { type BootstrapOptions, bootstrapResamples } from './bootstrap.ts'
import { type Interval, percentileInterval } from './interval.ts'
import type { RowWeights, ScoredRows } from './scored-rows.ts'

export type CalibrationBin = {
  readonly low: number
  readonly high: number
  readonly rowCount: number
  readonly positives: number
  readonly meanProbability: number
}

export const calibrationBinCount = 10

/** Ten equal bins of the probability, 1 in the last; empty ones are left out. */
export function calibrationBins(
  { rowCount, truth, probability }: ScoredRows,
  weights?: RowWeights,
  binCount = calibrationBinCount,
): CalibrationBin[] {
  const counts = new Float64Array(binCount)
  const positives = new Float64Array(binCount)
  const sums = new Float64Array(binCount)
  for (let i = 0; i < rowCount; i++) {
    const weight = weights === undefined ? 1 : weights[i]
    const bin = binOf(probability[i], binCount)
    counts[bin] += weight
    sums[bin] += weight * probability[i]
    positives[bin] += weight * truth[i]
  }
  return Array.from(counts, (count, bin) => ({
    low: bin / binCount,
    high: (bin + 1) / binCount,
    rowCount: count,
    positives: positives[bin],
    meanProbability: sums[bin] / count,
  })).filter((bin) => bin.rowCount > 0)
}

/**
 * Expected calibration error: Σ over bins of their share of the rows times |observed share − mean probability| (Naeini,
 * Cooper and Hauskrecht, AAAI 2015).
 */
export function calibrationError(rows: ScoredRows, weights?: RowWeights): number {
  let sum = 0
  let count = 0
  for (const bin of calibrationBins(rows, weights)) {
    sum += Math.abs(bin.positives - bin.rowCount * bin.meanProbability)
    count += bin.rowCount
  }
  return sum / count
}

/**
 * What a perfectly calibrated model with the same probabilities shows on as many rows by chance: the central 95 % of its
 * expected calibration error (consistency resampling: Bröcker and Smith, Weather and Forecasting 22, 2007). Resampling the
 * rows themselves would add their noise twice, as the error is never below 0.
 */
export function calibrationNoise(
  { rowCount, probability }: ScoredRows,
  { resamples = bootstrapResamples, seed = 0 }: BootstrapOptions = {},
): Interval {
  const random = createSeededRandom(spreadSeed(seed))
  const bins = Uint8Array.from(probability, (p) => binOf(p, calibrationBinCount))
  const expected = new Float64Array(calibrationBinCount)
  for (let i = 0; i < rowCount; i++) expected[bins[i]] += probability[i]
  const errors = new Float64Array(resamples)
  const excess = new Float64Array(calibrationBinCount)
  for (let draw = 0; draw < resamples; draw++) {
    excess.set(expected)
    for (let i = 0; i < rowCount; i++) if (random.uniform() < probability[i]) excess[bins[i]] -= 1
    errors[draw] = excess.reduce((sum, each) => sum + Math.abs(each), 0) / rowCount
  }
  return percentileInterval(errors)
}

function binOf(probability: number, binCount: number): number {
  return Math.min(Math.floor(probability * binCount), binCount - 1)
}
