// Two sorted samples in, how far their distributions are apart and how likely that is by chance out.

export type KsTest = {
  /** Largest distance between the two empirical distribution functions, 0 to 1. */
  readonly statistic: number
  /** Probability of such a distance or more where both samples have one distribution. */
  readonly p: number
  readonly method: 'ks-exact' | 'ks-limit'
}

/** Most pairs of values of the exact distribution: some of its lattice is walked for each, at most a few milliseconds. */
const mostExactPairs = 1 << 18

/**
 * Two-sided two-sample Kolmogorov–Smirnov test of samples in rising order without NaN; p is 1 where one is empty.
 * Tied values count together, and p is that of samples without ties, which is never less than the true one (G. E. Noether,
 * Biometrika 50, 1963): ties make the test cautious, not wrong. Up to 262,144 pairs p is exact; beyond it is the limit
 * of Kolmogorov for √(n·m ÷ (n + m))·D, which is a little above the exact one.
 */
export function kolmogorovSmirnov(a: Float64Array, b: Float64Array): KsTest {
  const n = a.length
  const m = b.length
  if (n === 0 || m === 0) return { statistic: 0, p: 1, method: 'ks-exact' }
  const distance = largestDistance(a, b)
  const statistic = distance / (n * m)
  if (n * m <= mostExactPairs) return { statistic, p: exactTail(distance, n, m), method: 'ks-exact' }
  return { statistic, p: kolmogorovTail(Math.sqrt((n * m) / (n + m)) * statistic), method: 'ks-limit' }
}

/** The statistic times n·m, a whole number; looked at only where all that is equal has been passed. */
function largestDistance(a: Float64Array, b: Float64Array): number {
  const n = a.length
  const m = b.length
  let i = 0
  let j = 0
  let most = 0
  while (i < n && j < m) {
    const x = a[i]
    const y = b[j]
    const value = x < y ? x : y
    while (i < n && a[i] === value) i++
    while (j < m && b[j] === value) j++
    const distance = Math.abs(i * m - j * n)
    if (distance > most) most = distance
  }
  return most
}

/**
 * P(n·m·D ≥ distance) by the recursion of Hodges (Arkiv för Matematik 3, 1958), as `psmirnov` of R has it for the upper
 * tail: a random path from (0, 0) to (n, m) touches |i·m − j·n| ≥ distance. Outside of the band it has, so only the
 * inside is walked, and all terms are positive, so that small tails keep their digits.
 */
function exactTail(distance: number, n: number, m: number): number {
  if (distance === 0) return 1
  const tails = new Float64Array(m + 1).fill(1)
  for (let j = 0; j <= m && j * n < distance; j++) tails[j] = 0
  for (let i = 1; i <= n; i++) {
    const first = Math.max(0, Math.floor((i * m - distance) / n) + 1)
    const last = Math.min(m, Math.ceil((i * m + distance) / n) - 1)
    if (first > 0) tails[first - 1] = 1
    let j = first
    if (j === 0) j = 1
    let left = tails[j - 1]
    for (; j <= last; j++) {
      left = tails[j] + (j / (i + j)) * (left - tails[j])
      tails[j] = left
    }
  }
  return Math.min(1, tails[m])
}

/** 2·Σ (−1)^(k−1)·exp(−2k²x²), P(√n·D ≥ x) in the limit; below 1 by the theta series that converges there. */
export function kolmogorovTail(x: number): number {
  if (!(x > 0)) return 1
  if (x < 1) {
    let sum = 0
    for (let k = 1; k <= 7; k += 2) sum += Math.exp((-k * k * Math.PI * Math.PI) / (8 * x * x))
    return 1 - (Math.sqrt(2 * Math.PI) / x) * sum
  }
  let sum = 0
  for (let k = 1; k <= 8; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * x * x)
  return Math.min(1, sum)
}
