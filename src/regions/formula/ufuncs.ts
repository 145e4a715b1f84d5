// Functions of one number that numpy and scipy.special have as ufuncs, by their names there.

import { type FunctionSpec, noSettings } from './number-function.ts'

/** Half to even, as numpy.rint rounds; keeps the sign of 0. */
function rint(x: number): number {
  const down = Math.floor(x)
  const part = x - down
  const isUp = part === 0.5 ? down % 2 !== 0 : !(part < 0.5)
  const rounded = isUp ? down + 1 : down
  return rounded === 0 ? x * 0 : rounded
}

const radian = Math.PI / 180
const degree = 180 / Math.PI
const bit = (claim: boolean): number => (claim ? 1 : 0)

export const ufuncs = {
  cbrt: noSettings(Math.cbrt),
  reciprocal: noSettings((x) => 1 / x),
  sign: noSettings(Math.sign),
  sin: noSettings(Math.sin),
  cos: noSettings(Math.cos),
  tan: noSettings(Math.tan),
  arcsin: noSettings(Math.asin),
  arccos: noSettings(Math.acos),
  arctan: noSettings(Math.atan),
  sinh: noSettings(Math.sinh),
  cosh: noSettings(Math.cosh),
  tanh: noSettings(Math.tanh),
  arcsinh: noSettings(Math.asinh),
  arccosh: noSettings(Math.acosh),
  arctanh: noSettings(Math.atanh),
  deg2rad: noSettings((x) => x * radian),
  rad2deg: noSettings((x) => x * degree),
  floor: noSettings(Math.floor),
  ceil: noSettings(Math.ceil),
  rint: noSettings(rint),
  isnan: noSettings((x) => bit(Number.isNaN(x))),
  isinf: noSettings((x) => bit(Math.abs(x) === Number.POSITIVE_INFINITY)),
  isfinite: noSettings((x) => bit(Number.isFinite(x))),
  /** 0 for NaN, the largest doubles for ±Infinity. */
  nan_to_num: noSettings((x) => (Number.isNaN(x) ? 0 : Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, x)))),
  /** log(x / (1 − x)). */
  logit: noSettings((x) => Math.log(x / (1 - x))),
} as const satisfies Readonly<Record<string, FunctionSpec>>
