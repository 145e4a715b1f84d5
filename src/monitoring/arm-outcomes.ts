// Outcomes of an arm, one by one, in; their count, mean, the variance of that mean and how lopsided they are out.

export type Outcomes = {
  readonly count: number
  readonly mean: number
  /** Of the mean, not of one outcome. */
  readonly variance: number
  /** Σ (outcome − mean)² */
  readonly squares: number
  /** Σ (outcome − mean)³ */
  readonly cubes: number
}

export type ArmOutcomes = Outcomes & { add(value: number): void }

/**
 * Half a success and half a failure more: an arm without successes is not surely without, and its variance never 0.
 * Jeffreys' prior; only the variance is smoothed.
 */
const halfCount = 0.5

/** Outcomes 0 and 1. */
export function createProportion(): ArmOutcomes {
  let count = 0
  let successes = 0
  return {
    add(value) {
      count++
      successes += value
    },
    get count() {
      return count
    },
    get mean() {
      return count === 0 ? NaN : successes / count
    },
    get variance() {
      const share = (successes + halfCount) / (count + 2 * halfCount)
      return (share * (1 - share)) / count
    },
    get squares() {
      return (successes * (count - successes)) / count
    },
    get cubes() {
      return (successes * (count - successes) * (count - 2 * successes)) / (count * count)
    },
  }
}

/** Outcomes of any size, by Welford's recurrence and its like for cubes (P. Pébay, Sandia report SAND2008-6212, 2008). */
export function createMean(): ArmOutcomes {
  let count = 0
  let mean = 0
  let squares = 0
  let cubes = 0
  return {
    add(value) {
      const before = value - mean
      const step = before / ++count
      const square = before * (before - step)
      mean += step
      cubes += step * (square * (count - 2) - 3 * squares)
      squares += square
    },
    get count() {
      return count
    },
    get mean() {
      return count === 0 ? NaN : mean
    },
    get variance() {
      return count < 2 ? Infinity : squares / (count - 1) / count
    },
    get squares() {
      return squares
    },
    get cubes() {
      return cubes
    },
  }
}
