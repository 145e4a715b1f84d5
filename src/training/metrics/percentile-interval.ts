// Values in, their quantiles and 95 % intervals out.

import type { Interval } from '../../monitoring/interval.ts'

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
