// Samples of the additive chi-squared kernel's features, as functions that a `map` formula may apply.

import { type FunctionSpec, settingsOf } from './number-function.ts'

/** Source: sklearn/kernel_approximation.py of 1.9.1, `AdditiveChi2Sampler._transform_dense`. NaN below 0, which it refuses. */
export const chi2Functions = {
  /** (interval) */
  'chi2-root': settingsOf(1, (interval) => (x) => (x < 0 ? Number.NaN : Math.sqrt(x * interval))),
  /** (interval, step) */
  'chi2-cos': settingsOf(2, (interval, step) => sample(interval, step, Math.cos)),
  'chi2-sin': settingsOf(2, (interval, step) => sample(interval, step, Math.sin)),
} as const satisfies Readonly<Record<string, FunctionSpec>>

function sample(interval: number, step: number, wave: (angle: number) => number) {
  const divisor = Math.cosh(Math.PI * step * interval)
  return (x: number): number => {
    if (x === 0) return 0
    // the logarithm makes NaN of numbers below 0
    return Math.sqrt((2 * x * interval) / divisor) * wave(step * interval * Math.log(x))
  }
}
