// Inverses of power transforms and of normal quantiles, as functions that a `map` formula may apply.

import { type FunctionSpec, noSettings, settingsOf } from './number-function.ts'

export const inversePowers = {
  /** (λ), from scikit-learn 1.9.1, preprocessing/_data.py, `_yeo_johnson_inverse_transform`. */
  'yeo-johnson-inverse': settingsOf(1, (lambda) => {
    const isExpAbove = Math.abs(lambda) < Number.EPSILON
    const isExpBelow = !(Math.abs(lambda - 2) > Number.EPSILON)
    return (x) => {
      if (x >= 0) return isExpAbove ? Math.exp(x) - 1 : (x * lambda + 1) ** (1 / lambda) - 1
      return isExpBelow ? 1 - Math.exp(-x) : 1 - (-(2 - lambda) * x + 1) ** (1 / (2 - lambda))
    }
  }),
  /** (λ), from scipy 1.17, special/_boxcox.pxd, `inv_boxcox`. */
  'box-cox-inverse': settingsOf(1, (lambda) => {
    return lambda === 0 ? Math.exp : (x) => Math.exp(Math.log1p(lambda * x) / lambda)
  }),
  /** (margin): 0 within the margin of 0 and below, 1 within that of 1 and above: `BOUNDS_THRESHOLD` of _data.py. */
  'snap-unit': settingsOf(1, (margin) => (x) => (x - margin < 0 ? 0 : x + margin > 1 ? 1 : x)),
  /** How likely a standard normal number is below x. */
  'normal-cdf': noSettings(normalCdf),
} as const satisfies Readonly<Record<string, FunctionSpec>>

/** Coefficients and method of Cephes 2.1, ndtr.c, which scipy.special.ndtr is. */
const p = [
  2.46196981473530512524e-10, 5.64189564831068821977e-1, 7.46321056442269912687, 48.6371970985681366614,
  196.520832956077098242, 526.445194995477358631, 934.52852717195760754, 1027.55188689515710272, 557.535335369399327526,
]
const q = [
  1, 13.2281951154744992508, 86.7072140885989742329, 354.937778887819891062, 975.708501743205489753,
  1823.90916687909736289, 2246.33760818710981792, 1656.66309194161350182, 557.535340817727675546,
]
const r = [
  5.64189583547755073984e-1, 1.27536670759978104416, 5.01905042251180477414, 6.16021097993053585195,
  7.4097426995044893916, 2.9788666537210024067,
]
const s = [
  1, 2.2605286322011727659, 9.39603524938001434673, 12.0489539808096656605, 17.0814450747565897222,
  9.60896809063285878198, 3.3690764510008151605,
]
const t = [
  9.60497373987051638749, 90.0260197203842689217, 2232.00534594684319226, 7003.32514112805075473,
  55592.3013010394962768,
]
const u = [
  1, 33.5617141647503099647, 521.357949780152679795, 4594.32382970980127987, 22629.0000613890934246,
  49267.3942608635921086,
]

function normalCdf(value: number): number {
  const x = value * Math.SQRT1_2
  const z = Math.abs(x)
  if (z < 1) return 0.5 + 0.5 * ((x * at(x * x, t)) / at(x * x, u))
  const tail = 0.5 * Math.exp(-z * z) * (z < 8 ? at(z, p) / at(z, q) : at(z, r) / at(z, s))
  return x > 0 ? 1 - tail : tail
}

function at(x: number, coefficients: readonly number[]): number {
  let sum = coefficients[0]
  for (let i = 1; i < coefficients.length; i++) sum = sum * x + coefficients[i]
  return sum
}
