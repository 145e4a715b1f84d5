// Scored rows in, how often what was said with a probability happened, bin by bin, out.

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
    const bin = Math.min(Math.floor(probability[i] * binCount), binCount - 1)
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
