// How often something was seen in two samples in, how likely so uneven a share is by chance out.

import { logGamma } from './log-gamma.ts'

/** Terms smaller than this share of their sum cannot change it. */
const negligible = 1e-18

/**
 * Fisher's exact test of `seenA` of `countA` against `seenB` of `countB` (R. A. Fisher, 1935), two-sided as twice the
 * smaller tail, which is never below the true level, whatever the counts: a χ² of rare things is not so.
 */
export function fisherExact(seenA: number, countA: number, seenB: number, countB: number): number {
  const seen = seenA + seenB
  if (countA === 0 || countB === 0 || seen === 0 || seen === countA + countB) return 1
  const least = Math.max(0, seen - countB)
  const most = Math.min(countA, seen)
  const point = Math.exp(logChoose(countA, seenA) + logChoose(countB, seenB) - logChoose(countA + countB, seen))
  // neighbours' ratio of the hypergeometric distribution of seenA, given both margins
  const up = (k: number) => ((countA - k) * (seen - k)) / ((k + 1) * (countB - seen + k + 1))
  let upper = 1
  for (let k = seenA, term = 1; k < most && term > negligible * upper; k++) upper += term *= up(k)
  let lower = 1
  for (let k = seenA, term = 1; k > least && term > negligible * lower; k--) lower += term /= up(k - 1)
  return Math.min(1, 2 * point * Math.min(upper, lower))
}

function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1)
}
