// Two arms as they stand in; an interval of their difference, and a p, that hold however often one looks, out.

import type { Outcomes } from './arm-outcomes.ts'
import { isNearNormal } from './near-normal.ts'

/** Of two arms. */
export type DifferenceTest = {
  /** Of the means, candidate less control. */
  readonly difference: number
  readonly interval: readonly [low: number, high: number]
  readonly p: number
}

export type SequentialOptions = {
  /** Difference that would matter: the test is quickest there, and right for every other. */
  readonly effect: number
  readonly alpha: number
  /** Outcomes of each arm before which nothing is said: until then a mean is not near enough to normal. */
  readonly minPerArm: number
}

/**
 * Mixture sequential probability ratio test of a difference (Johari, Koomen, Pekelis and Walsh, KDD 2017, after Robbins,
 * Annals of Mathematical Statistics 41, 1970): with V the variance of the difference and a normal mixture of variance
 * τ² = effect², Λ = √(V ÷ (V + τ²))·exp(τ²·difference² ÷ (2V(V + τ²))). The chance that Λ ever reaches 1 ÷ α is at most α,
 * so p is 1 ÷ Λ, the least so far, and the interval the differences that no look has ruled out. V is estimated: the bound
 * is that of the limit, which is why the first outcomes are waited for, and more where they are lopsided and one arm is small.
 */
export function createSequentialTest({ effect, alpha, minPerArm }: SequentialOptions) {
  const mixture = effect * effect
  let p = 1
  let low = -Infinity
  let high = Infinity
  return {
    look(control: Outcomes, candidate: Outcomes): DifferenceTest {
      const difference = candidate.mean - control.mean
      const variance = control.variance + candidate.variance
      const isEnough = control.count >= minPerArm && candidate.count >= minPerArm
      if (isEnough && variance > 0 && isNearNormal(control, candidate)) {
        const total = variance + mixture
        const logRatio = (mixture * difference * difference) / (2 * variance * total) - 0.5 * Math.log(total / variance)
        p = Math.min(p, Math.exp(-logRatio))
        const half = Math.sqrt(((variance * total) / mixture) * (Math.log(total / variance) - 2 * Math.log(alpha)))
        low = Math.max(low, difference - half)
        high = Math.min(high, difference + half)
      }
      return { difference, interval: [low, high], p }
    },
  }
}
