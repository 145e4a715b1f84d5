// The p-values of a family of tests in, those that hold for the family as a whole out.

/**
 * Holm's step-down adjustment (Scandinavian Journal of Statistics 6, 1979): rejecting where the adjusted p is at most α
 * keeps the chance of any false rejection at most α, however the tests depend on each other.
 */
export function holmAdjusted(pValues: readonly number[]): number[] {
  const order = pValues.map((_, i) => i).sort((i, j) => pValues[i] - pValues[j])
  const adjusted = new Array<number>(pValues.length)
  let least = 0
  order.forEach((i, rank) => {
    least = Math.max(least, Math.min(1, (pValues.length - rank) * pValues[i]))
    adjusted[i] = least
  })
  return adjusted
}
