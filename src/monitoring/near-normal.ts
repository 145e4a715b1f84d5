// Two arms as they stand in; whether the difference of their means is near enough to normal to be judged, out.

import type { Outcomes } from './arm-outcomes.ts'

/** Skewness of the difference from which on it is too lopsided: Cochran's rule, below. */
const mostSkewness = 0.2

/**
 * A mean of n lopsided outcomes is lopsided itself, and its variance is found too small where the rare large ones have not
 * come yet. W. G. Cochran's rule (Sampling Techniques, 3rd edition, 1977, 2.15) asks for n > 25·γ², γ their skewness, which is
 * γ ÷ √n < 0.2. Of a difference of two means of alike outcomes the skewness is γ·(1 ÷ n − 1 ÷ m) ÷ √(1 ÷ n + 1 ÷ m): equal arms
 * balance, a small one beside a large one does not. γ is that of both arms together, as one that is not known to differ.
 */
export function isNearNormal(control: Outcomes, candidate: Outcomes): boolean {
  const [n, m] = [control.count, candidate.count]
  const apart = candidate.mean - control.mean
  const share = (n * m) / (n + m)
  const squares = control.squares + candidate.squares + share * apart * apart
  const cubes =
    control.cubes +
    candidate.cubes +
    (share * apart * apart * apart * (n - m)) / (n + m) +
    (3 * apart * (n * candidate.squares - m * control.squares)) / (n + m)
  const skewness = (Math.sqrt(n + m) * cubes) / squares ** 1.5
  const lean = (Math.abs(skewness) * Math.abs(1 / n - 1 / m)) / Math.sqrt(1 / n + 1 / m)
  // outcomes that are all one, or too large to be cubed, are NaN and say nothing
  return lean < mostSkewness
}
