// The difference that would matter in, how many outcomes it takes to see it out; and the test that is made once, there.

import type { Outcomes } from './arm-outcomes.ts'
import { normalQuantile } from './interval.ts'
import { normalTail } from './normal-tail.ts'
import type { DifferenceTest } from './sequential-test.ts'

/** What a test that is made once is planned for: either `baseline` or `deviation` is needed. */
export type Horizon = {
  /** Difference that is to be seen. */
  readonly effect: number
  readonly alpha: number
  /** Chance to see it where it is there. */
  readonly power: number
  /** Of a proportion: what the control's is expected to be. */
  readonly baseline?: number
  /** Of a mean: standard deviation of one outcome. */
  readonly deviation?: number
}

/**
 * Outcomes that each arm needs: (z(1 − α/2) + z(power))² · (variances of both arms) ÷ effect², rounded up; the variance of
 * a proportion is that farther from certainty of baseline ± effect.
 */
export function outcomesNeeded({ effect, alpha, power, baseline, deviation }: Horizon): number {
  const z = normalQuantile(1 - alpha / 2) + normalQuantile(power)
  const bernoulli = (share: number): number => Math.max(0, share * (1 - share))
  const variances =
    baseline === undefined
      ? 2 * (deviation as number) ** 2
      : bernoulli(baseline) + Math.max(bernoulli(baseline + effect), bernoulli(baseline - effect))
  return Math.ceil((z * z * variances) / (effect * effect))
}

/** Two-sided z test of the difference of two means, with the interval of the level 1 − α. Right only at the horizon. */
export function testDifference(control: Outcomes, candidate: Outcomes, alpha: number): DifferenceTest {
  const difference = candidate.mean - control.mean
  const error = Math.sqrt(control.variance + candidate.variance)
  const half = normalQuantile(1 - alpha / 2) * error
  const p = error === 0 ? (difference === 0 ? 1 : 0) : 2 * normalTail(Math.abs(difference) / error)
  return { difference, interval: [difference - half, difference + half], p }
}
