// Scores and what came true in; accuracy's companions AUC, Brier score and calibration, each with an interval, out.

import { aucInterval, type Interval, meanInterval, wilsonInterval } from './interval.ts'

export type Measured = { readonly value: number; readonly interval: Interval }

export type CalibrationBin = {
  readonly from: number
  readonly to: number
  readonly count: number
  /** Mean of the probabilities said. */
  readonly said: number
  /** Share that came true. */
  readonly seen: Measured
}

export type Calibration = {
  /** Mean distance of said and seen, weighted by rows (expected calibration error). */
  readonly error: number
  readonly bins: readonly CalibrationBin[]
}

const calibrationBins = 10

/** Probability that a positive scores above a negative, ties half; undefined without both. */
export function areaUnderCurve(scores: Float64Array, truths: Uint8Array): Measured | undefined {
  const order = Uint32Array.from(scores, (_, i) => i).sort((i, j) => scores[i] - scores[j])
  let positives = 0
  let rankSum = 0
  for (let start = 0; start < order.length; ) {
    let end = start
    while (end < order.length && scores[order[end]] === scores[order[start]]) end++
    const meanRank = (start + end + 1) / 2
    for (let i = start; i < end; i++)
      if (truths[order[i]] === 1) {
        positives++
        rankSum += meanRank
      }
    start = end
  }
  const negatives = order.length - positives
  if (positives === 0 || negatives === 0) return undefined
  const value = (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives)
  return { value, interval: aucInterval(value, positives, negatives) }
}

/** Mean squared distance of probability and truth. */
export function brierScore(scores: Float64Array, truths: Uint8Array): Measured {
  let mean = 0
  let squares = 0
  for (let i = 0; i < scores.length; i++) {
    const square = (scores[i] - truths[i]) ** 2
    const before = square - mean
    mean += before / (i + 1)
    squares += before * (square - mean)
  }
  const [low, high] = meanInterval(mean, squares / Math.max(1, scores.length - 1), scores.length)
  return { value: mean, interval: [Math.max(0, low), Math.min(1, high)] }
}

/** Ten bins of equal width, empty ones left out. */
export function calibrationOf(scores: Float64Array, truths: Uint8Array): Calibration {
  const counts = new Float64Array(calibrationBins)
  const said = new Float64Array(calibrationBins)
  const seen = new Float64Array(calibrationBins)
  for (let i = 0; i < scores.length; i++) {
    const bin = Math.min(calibrationBins - 1, Math.floor(scores[i] * calibrationBins))
    counts[bin]++
    said[bin] += scores[i]
    seen[bin] += truths[i]
  }
  const bins: CalibrationBin[] = []
  let error = 0
  counts.forEach((count, bin) => {
    if (count === 0) return
    error += Math.abs(said[bin] - seen[bin]) / scores.length
    bins.push({
      from: bin / calibrationBins,
      to: (bin + 1) / calibrationBins,
      count,
      said: said[bin] / count,
      seen: { value: seen[bin] / count, interval: wilsonInterval(seen[bin], count) },
    })
  })
  return { error, bins }
}
