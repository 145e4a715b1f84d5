// The functions of one number that a `map` formula may apply: each by name, with its settings.

import { countBelow } from '../ranks.ts'
import { bins } from './bins.ts'
import { chi2Functions } from './chi2-functions.ts'
import { type FunctionSpec, noSettings, type NumberFunction, settingsOf } from './number-function.ts'
import { inversePowers } from './inverse-powers.ts'
import { powerFunctions } from './power-functions.ts'
import { powerOfTwo } from './power-of-two.ts'
import { ufuncs } from './ufuncs.ts'

/** Names of numpy's ufuncs where there is one. NaN gives NaN unless said otherwise. */
export const columnFunctions = {
  identity: noSettings((x) => x),
  ...ufuncs,
  ...powerFunctions,
  ...inversePowers,
  ...bins,
  ...chi2Functions,
  exp: noSettings(Math.exp),
  log: noSettings(Math.log),
  expm1: noSettings(Math.expm1),
  log1p: noSettings(Math.log1p),
  exp2: noSettings(powerOfTwo),
  log2: noSettings(Math.log2),
  log10: noSettings(Math.log10),
  sqrt: noSettings(Math.sqrt),
  square: noSettings((x) => x * x),
  negative: noSettings((x) => -x),
  absolute: noSettings(Math.abs),
  trunc: noSettings(Math.trunc),
  /** 1 / (1 + exp(−x)) without overflow. */
  sigmoid: noSettings((x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)))),
  /** x rounded to float32. */
  fround: noSettings(Math.fround),
  /** log(x / (1 − x)). */
  logit: noSettings((x) => Math.log(x / (1 - x))),
  /** log(1 + exp(x)). */
  softplus: noSettings((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  /** sign(x) · x². */
  'signed-square': noSettings((x) => Math.sign(x) * x * x),
  /** (factor, addend): x · factor + addend, two roundings. */
  affine: settingsOf(2, (factor, addend) => (x) => x * factor + addend),
  /** (threshold): 1 where x > threshold, else 0, NaN too. */
  above: settingsOf(1, (threshold) => (x) => (x > threshold ? 1 : 0)),
  /** (threshold): 1 where x >= threshold, else 0, NaN too. */
  'at-least': settingsOf(1, (threshold) => (x) => (x >= threshold ? 1 : 0)),
  /** (value): 1 where x is the value, else 0. */
  equals: settingsOf(1, (value) => (x) => (x === value ? 1 : 0)),
  /** (low, high): x within the range, low first, as numpy.clip. */
  clip: settingsOf(2, (low, high) => (x) => (x < low ? low : x > high ? high : x)),
  /** (low, high): NaN outside the range. */
  within: settingsOf(2, (low, high) => (x) => (x >= low && x <= high ? x : NaN)),
  /** (divisor): x / divisor. */
  divide: settingsOf(1, (divisor) => (x) => x / divisor),
  /** x / (3 · (|x| + 1)), between −⅓ and ⅓. */
  'bounded-third': noSettings((x) => x / (3 * (Math.abs(x) + 1))),
  /**
   * (x₀, y₀, x₁, y₁ …) with xs ascending: straight lines between the points, y₀ before the first and the last y after the
   * last. At an x that stands twice the later y holds, as in numpy.interp.
   */
  'linear-pieces': {
    issueOf: piecesIssue,
    make: linearPieces,
  },
} as const satisfies Readonly<Record<string, FunctionSpec>>

export type ColumnFunctionName = keyof typeof columnFunctions

export const columnFunctionNames = Object.keys(columnFunctions) as ColumnFunctionName[]

export function columnFunctionSpec(name: ColumnFunctionName): FunctionSpec {
  return columnFunctions[name]
}

function piecesIssue(settings: readonly number[]): string | undefined {
  if (settings.length < 2 || settings.length % 2 !== 0) return 'must have pairs of x and y'
  for (let i = 2; i < settings.length; i += 2)
    if (!(settings[i - 2] <= settings[i])) return `must have ascending xs, got ${settings[i]} after ${settings[i - 2]}`
  return undefined
}

/** slope · (x − xᵢ) + yᵢ, the order of operations of numpy.interp. */
function linearPieces(settings: readonly number[]): NumberFunction {
  const xs = Float64Array.from({ length: settings.length / 2 }, (_, i) => settings[2 * i])
  const ys = Float64Array.from({ length: xs.length }, (_, i) => settings[2 * i + 1])
  const last = xs.length - 1
  return (x) => {
    if (Number.isNaN(x)) return NaN
    if (x < xs[0]) return ys[0]
    if (x >= xs[last]) return ys[last]
    // the last point at or before x
    let at = countBelow(xs, x)
    while (at <= last && xs[at] === x) at++
    const from = at - 1
    if (xs[from] === x) return ys[from]
    return ((ys[at] - ys[from]) / (xs[at] - xs[from])) * (x - xs[from]) + ys[from]
  }
}
