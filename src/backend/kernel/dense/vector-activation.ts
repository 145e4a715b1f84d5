// An activation's name in, the statements that apply it to four float32 at once out.

import type { Activation } from '../../../regions/dense-chain.ts'
import { sequence } from '../wasm/control.ts'
import type { Expression, Statement } from '../wasm/expression.ts'
import type { Local } from '../wasm/local.ts'
import { f32, i32 } from '../wasm/scalar-instructions.ts'
import { f32x4, i32x4, v128 } from '../wasm/vector-instructions.ts'
import type { Scope } from '../wasm/wasm-module.ts'
import type { MultiplyAdd } from './multiply-add.ts'

export type VectorActivation = {
  /** Goes before the first use. */
  readonly prepare: Statement
  /** Replaces the value of `x`; NaN stays NaN. */
  apply(x: Local<'v128'>): Statement
}

type Constants = (value: number) => Expression<'v128'>

export function createVectorActivation(
  activation: Activation,
  { scope, add }: { readonly scope: Scope; readonly add: MultiplyAdd },
): VectorActivation {
  const prepared: Statement[] = []
  const constant: Constants = (value) => {
    const local = scope.local('v128')
    prepared.push(local.set(f32x4.splat(f32.const(value))))
    return local.get
  }
  const apply = writeActivation(activation, scope, constant, add)
  return { prepare: sequence(...prepared), apply }
}

function writeActivation(activation: Activation, scope: Scope, constant: Constants, add: MultiplyAdd) {
  switch (activation) {
    case 'identity':
      return () => sequence()
    case 'relu': {
      const zero = constant(0)
      // x < 0 ? 0 : x, one instruction and false for NaN
      return (x: Local<'v128'>) => x.set(f32x4.pmax(x.get, zero))
    }
    case 'logistic':
      return writeLogistic(scope, constant, add)
    case 'tanh':
      return writeTanh(scope, constant, add)
  }
}

/**
 * 1 / (1 + e⁻ˣ); e by Cephes' expf (S. Moshier, single/expf.c): 2ⁿ times a polynomial of degree 6 on |r| ≤ ln 2 / 2. The
 * largest argument gives 2¹²⁸ = ∞ and so 0, which float32 has no smaller normal number for.
 */
function writeLogistic(scope: Scope, constant: Constants, add: MultiplyAdd) {
  const [least, largest] = [constant(-87), constant(88.8)]
  const log2e = constant(Math.LOG2E)
  // adding it leaves the nearest integer in the low bits
  const rounder = constant(12_582_912)
  const [minusLn2High, minusLn2Low] = [constant(-0.693359375), constant(2.1219444e-4)]
  const coefficients = [
    1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1,
  ].map(constant)
  const one = constant(1)
  const [n, power, r, sum] = [scope.local('v128'), scope.local('v128'), scope.local('v128'), scope.local('v128')]
  return (x: Local<'v128'>) =>
    sequence(
      // comparisons written so that NaN is kept
      r.set(f32x4.pmin(f32x4.pmax(f32x4.neg(x.get), least), largest)),
      n.set(add(r.get, log2e, rounder)),
      // the exponent field, where 127 · 2²³ are the bits of 1
      power.set(i32x4.add(i32x4.shl(n.get, i32.const(23)), one)),
      n.set(f32x4.sub(n.get, rounder)),
      r.set(add(n.get, minusLn2Low, add(n.get, minusLn2High, r.get))),
      sum.set(coefficients[0]),
      ...coefficients.slice(1).map((coefficient) => sum.set(add(sum.get, r.get, coefficient))),
      sum.set(f32x4.add(add(sum.get, f32x4.mul(r.get, r.get), r.get), one)),
      x.set(f32x4.div(one, add(sum.get, power.get, one))),
    )
}

/**
 * Rational approximation of Eigen (MathFunctionsImpl.h, generic_fast_tanh_float): x · P(x²) / Q(x²); x itself near 0, where
 * the quotient underflows, and ±1 from where the quotient is no longer meant for it.
 */
function writeTanh(scope: Scope, constant: Constants, add: MultiplyAdd) {
  const largest = constant(7.998811721801758)
  const [one, sign] = [constant(1), constant(-0)]
  const smallest = constant(0.0004)
  const odd = [
    -2.76076847742355e-16, 2.00018790482477e-13, -8.60467152213735e-11, 5.12229709037114e-8, 1.48572235717979e-5,
    6.37261928875436e-4, 4.89352455891786e-3,
  ].map(constant)
  const even = [1.19825839466702e-6, 1.18534705686654e-4, 2.268434632439e-3, 4.89352518554385e-3].map(constant)
  const [size, square, p, q] = [scope.local('v128'), scope.local('v128'), scope.local('v128'), scope.local('v128')]
  return (x: Local<'v128'>) =>
    sequence(
      size.set(f32x4.abs(x.get)),
      square.set(f32x4.mul(x.get, x.get)),
      p.set(odd[0]),
      ...odd.slice(1).map((coefficient) => p.set(add(p.get, square.get, coefficient))),
      q.set(even[0]),
      ...even.slice(1).map((coefficient) => q.set(add(q.get, square.get, coefficient))),
      q.set(f32x4.div(f32x4.mul(x.get, p.get), q.get)),
      q.set(v128.bitselect(x.get, q.get, f32x4.lt(size.get, smallest))),
      x.set(v128.bitselect(v128.or(one, v128.and(x.get, sign)), q.get, f32x4.gt(size.get, largest))),
    )
}
