// Counts or resampled values in, 95 % intervals out.

/** Ends of a 95 % interval. */
export type Interval = readonly [low: number, high: number]

/** 97.5 % quantile of the standard normal distribution. */
const z95 = 1.959963984540054

/** Wilson's score interval of a proportion, which stays inside 0 … 1 (E. B. Wilson, JASA 22, 1927); [0, 1] of nothing. */
export function wilsonInterval(successes: number, total: number): Interval {
  if (total === 0) return [0, 1]
  const p = successes / total
  const z2 = z95 * z95
  const centre = (p + z2 / (2 * total)) / (1 + z2 / total)
  const half = (z95 * Math.sqrt((p * (1 - p)) / total + z2 / (4 * total * total))) / (1 + z2 / total)
  return [Math.max(0, centre - half), Math.min(1, centre + half)]
}

/** The 2.5 % and 97.5 % quantiles, interpolated linearly as NumPy's `percentile` does. NaN values are left out. */
export function percentileInterval(values: Float64Array): Interval {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort()
  return [quantile(sorted, 0.025), quantile(sorted, 0.975)]
}

/** @param sorted rising; NaN of nothing */
export function quantile(sorted: Float64Array, share: number): number {
  if (sorted.length === 0) return NaN
  const place = share * (sorted.length - 1)
  const below = Math.floor(place)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below] + (place - below) * (sorted[above] - sorted[below])
}
