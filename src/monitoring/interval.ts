// Counts, moments or ranks in, 95 % intervals and normal quantiles out.

import type { Outcomes } from './arm-outcomes.ts'

/** Ends of a 95 % interval. */
export type Interval = readonly [low: number, high: number]

/** 97.5 % quantile of the standard normal distribution. */
export const z95 = 1.959963984540054

/** Wilson's score interval of a proportion, which stays inside 0 … 1 (E. B. Wilson, JASA 22, 1927); [0, 1] of nothing. */
export function wilsonInterval(successes: number, total: number): Interval {
  if (total === 0) return [0, 1]
  const p = successes / total
  const z2 = z95 * z95
  const centre = (p + z2 / (2 * total)) / (1 + z2 / total)
  const half = (z95 * Math.sqrt((p * (1 - p)) / total + z2 / (4 * total * total))) / (1 + z2 / total)
  return [Math.max(0, centre - half), Math.min(1, centre + half)]
}

/**
 * Interval of an AUC measured over `positives`·`negatives` pairs: the θ whose own standard error (Hanley and McNeil,
 * Radiology 143, 1982, in R. G. Newcombe's form, Statistics in Medicine 25, 2006, method 5) reaches the measured one.
 * Unlike the usual one it stays inside 0 … 1, and has a width where the AUC is 1.
 */
export function aucInterval(auc: number, positives: number, negatives: number): Interval {
  if (positives === 0 || negatives === 0) return [0, 1]
  const pairs = positives * negatives
  const half = (positives + negatives) / 2 - 1
  const error = (theta: number) =>
    Math.sqrt((theta * (1 - theta) * (1 + (half * (1 - theta)) / (2 - theta) + (half * theta) / (1 + theta))) / pairs)
  const solve = (from: number, reaches: (theta: number) => boolean): number => {
    let inside = auc
    let outside = from
    // halves of 1 down to the last digit of a double
    for (let step = 0; step < 53; step++) {
      const middle = (inside + outside) / 2
      if (reaches(middle)) inside = middle
      else outside = middle
    }
    return inside
  }
  return [
    solve(0, (theta) => auc - theta <= z95 * error(theta)),
    solve(1, (theta) => theta - auc <= z95 * error(theta)),
  ]
}

/** Interval of a mean by the central limit theorem; unbounded of fewer than two values. */
export function meanInterval({ count, mean, variance }: Outcomes): Interval {
  if (count < 2) return [-Infinity, Infinity]
  const half = z95 * Math.sqrt(variance)
  return [mean - half, mean + half]
}

/** Quantile of the standard normal distribution: P. J. Acklam's approximation, within 1.2e-9 of it relative to its size. */
export function normalQuantile(share: number): number {
  if (!(share > 0)) return -Infinity
  if (!(share < 1)) return Infinity
  if (share > 0.5) return -normalQuantile(1 - share)
  if (share < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(share))
    return (
      polynomial(
        q,
        [
          -7.784894002430293e-3, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
          2.938163982698783,
        ],
      ) / polynomial(q, [7.784695709041462e-3, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1])
    )
  }
  const q = share - 0.5
  return (
    (q *
      polynomial(
        q * q,
        [
          -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716,
          2.506628277459239,
        ],
      )) /
    polynomial(
      q * q,
      [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1],
    )
  )
}

function polynomial(x: number, coefficients: readonly number[]): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0)
}
