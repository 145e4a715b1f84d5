// Rows with probabilities in, how often what was said with a probability happened, bin by bin, out.

import type { RowWeights } from './roc-auc.ts'

/** Rows and the probabilities that were said of them. */
export type SaidRows = {
  readonly rowCount: number
  /** 0 or 1. [rowCount] */
  readonly truth: Uint8Array
  /** In [0, 1]. [rowCount] */
  readonly probability: Float64Array
}

/** Rows whose probabilities lie in [low, high); those of 1 are in the last. */
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
  { rowCount, truth, probability }: SaidRows,
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
export function calibrationError(rows: SaidRows, weights?: RowWeights): number {
  let sum = 0
  let count = 0
  for (const bin of calibrationBins(rows, weights)) {
    sum += Math.abs(bin.positives - bin.rowCount * bin.meanProbability)
    count += bin.rowCount
  }
  return sum / count
}

/** Number of the bin that the probability falls into. */
export function binOf(probability: number, binCount: number): number {
  return Math.min(Math.floor(probability * binCount), binCount - 1)
}
