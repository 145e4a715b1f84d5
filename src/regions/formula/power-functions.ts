// Power transforms of one number, as functions that a `map` formula may apply.

import { type FunctionSpec, settingsOf } from './number-function.ts'

/** numpy.spacing(1) */
const epsilon = Number.EPSILON

/** x to the power λ, less 1, by λ; the logarithm where λ is 0. */
type Grow = (logOrBase: number, lambda: number) => number

export const powerFunctions = {
  /** (λ), from scipy 1.17, stats/_morestats.py, `_yeojohnson_transform`. */
  'yeo-johnson': settingsOf(1, (lambda) => yeoJohnson(lambda, (x, power) => Math.expm1(power * Math.log1p(x)) / power)),
  /** (λ), from scikit-learn 1.8, preprocessing/_data.py, `_yeo_johnson_transform`. */
  'yeo-johnson-power': settingsOf(1, (lambda) => yeoJohnson(lambda, (x, power) => ((x + 1) ** power - 1) / power)),
  /** (λ), from scipy 1.17, special/_boxcox.pxd; NaN where x is not above 0, which the source refuses. */
  'box-cox': settingsOf(1, boxCox),
} as const satisfies Readonly<Record<string, FunctionSpec>>

function yeoJohnson(lambda: number, grow: Grow) {
  const isLogAbove = Math.abs(lambda) < epsilon
  const isLogBelow = !(Math.abs(lambda - 2) > epsilon)
  return (x: number): number => {
    if (x >= 0) return isLogAbove ? Math.log1p(x) : grow(x, lambda)
    return isLogBelow ? -Math.log1p(-x) : -grow(-x, 2 - lambda)
  }
}

function boxCox(lambda: number) {
  if (Math.abs(lambda) < 1e-19) return (x: number): number => (x > 0 ? Math.log(x) : Number.NaN)
  return (x: number): number => {
    if (!(x > 0)) return Number.NaN
    const power = lambda * Math.log(x)
    // beyond it exp overflows
    if (power < 709.78) return Math.expm1(power) / lambda
    return Math.sign(lambda) * Math.exp(power - Math.log(Math.abs(lambda))) - 1 / lambda
  }
}
