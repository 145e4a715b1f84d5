// A module in, its function for e^x of two numbers at once out, equal to V8's Math.exp bit for bit.

import type { KernelMemory } from '../kernel-memory.ts'
import type { KernelBuild } from '../kernel-stage.ts'
import { sequence, when } from '../wasm/control.ts'
import type { Expression, Statement } from '../wasm/expression.ts'
import type { Local } from '../wasm/local.ts'
import { f64, i32 } from '../wasm/scalar-instructions.ts'
import { f64x2, i64x2, v128 } from '../wasm/vector-instructions.ts'
import type { WasmFunction } from '../wasm/wasm-module.ts'

type Vector = Expression<'v128'>

export type VectorFunction = WasmFunction<readonly ['v128']>

// Constants and order of operations are those of fdlibm's e_exp.c as in V8, src/base/ieee754.cc, function exp.
const overflow = 7.09782712893383973096e2
const underflow = -7.4513321910194110842e2
const ln2High = 6.9314718036912381649e-1
const ln2Low = 1.90821492927058770002e-10
const inverseLn2 = 1.442695040888963387
const P = [
  1.66666666666666019037e-1, -2.77777777770155933842e-3, 6.61375632143793436117e-5, -1.6533902205465251539e-6,
  4.13813679705723846039e-8,
] as const

/** Its high word is the first past that of ln(2) / 2: smaller values are not reduced. */
const leastReduced = new Float64Array(Uint32Array.of(0, 0x3fd62e43).buffer)[0]

/** e^x is 1 + x below it. */
const tiny = 2 ** -28

/** V8 answers e^1 from a table of one entry. */
const e = 2.718281828459045

/** Adding it to an integer leaves its two's complement in the low bits of the sum. */
const signedMagic = 2 ** 52 + 2 ** 51

/** Results of smaller numbers are normal. */
const usual = 708

const maxConstants = 32

export function addExponential({ module, memory }: Pick<KernelBuild, 'module' | 'memory'>): VectorFunction {
  const constant = createConstants(memory)
  return module.addFunction({ params: ['v128'], result: 'v128' }, ([x], { local }) => {
    const [size, k, high, low, r, c, t, y] = Array.from({ length: 8 }, () => local('v128'))
    const halfWithSign = v128.or(v128.and(x.get, constant(-0)), constant(0.5))
    const nearest = f64x2.trunc(f64x2.add(f64x2.mul(constant(inverseLn2), x.get), halfWithSign))
    // t · (P1 + t · (P2 + …))
    const series = P.slice(0, -1).reduceRight(
      (sum, p) => f64x2.add(constant(p), f64x2.mul(t.get, sum)),
      constant(P[P.length - 1]),
    )
    const quotient = f64x2.div(f64x2.mul(r.get, c.get), f64x2.sub(constant(2), c.get))
    const isUnusual = v128.or(
      v128.or(f64x2.gt(size.get, constant(usual)), f64x2.lt(size.get, constant(tiny))),
      f64x2.eq(x.get, constant(1)),
    )
    return [
      size.set(f64x2.abs(x.get)),
      k.set(v128.and(nearest, f64x2.ge(size.get, constant(leastReduced)))),
      high.set(f64x2.sub(x.get, f64x2.mul(k.get, constant(ln2High)))),
      low.set(f64x2.mul(k.get, constant(ln2Low))),
      r.set(f64x2.sub(high.get, low.get)),
      t.set(f64x2.mul(r.get, r.get)),
      c.set(f64x2.sub(r.get, f64x2.mul(t.get, series))),
      y.set(f64x2.sub(constant(1), f64x2.sub(f64x2.sub(low.get, quotient), high.get))),
      // Nearly always the branch is not taken, and saves what it costs many times over.
      when(
        v128.anyTrue(isUnusual),
        setUnusual({ x, size, k, y, scratch: c }, constant),
        y.set(f64x2.mul(y.get, powerOfTwo(k.get, constant))),
      ),
      y.get,
    ]
  })
}

type Values = { readonly [Name in 'x' | 'size' | 'k' | 'y' | 'scratch']: Local<'v128'> }

/** y · 2^k, subnormal and infinite results included, and what fdlibm answers without computing. */
function setUnusual({ x, size, k, y, scratch }: Values, constant: Constant): Statement {
  const half = scratch
  const rest = f64x2.sub(k.get, half.get)
  const unless = (mask: Vector, a: Vector): Statement => y.set(where(mask, a, y.get))
  return sequence(
    half.set(f64x2.trunc(f64x2.mul(k.get, constant(0.5)))),
    // The first product is exact, so the second rounds once.
    y.set(f64x2.mul(f64x2.mul(y.get, powerOfTwo(half.get, constant)), powerOfTwo(rest, constant))),
    unless(f64x2.lt(size.get, constant(tiny)), f64x2.add(constant(1), x.get)),
    unless(f64x2.eq(x.get, constant(1)), constant(e)),
    unless(f64x2.gt(x.get, constant(overflow)), constant(Infinity)),
    y.set(v128.andnot(y.get, f64x2.lt(x.get, constant(underflow)))),
  )
}

/** e^x of one number. */
export function exponentialOf(exponential: VectorFunction, x: Expression<'f64'>): Expression<'f64'> {
  return f64x2.extractLane(exponential.evaluate('v128', f64x2.splat(x)), 0)
}

export function splat(value: number): Vector {
  return f64x2.splat(f64.const(value))
}

export function where(mask: Vector, a: Vector, b: Vector): Vector {
  return v128.bitselect(a, b, mask)
}

/** 2^k of integers k as float64, −1022 to 1023. */
function powerOfTwo(k: Vector, constant: Constant): Vector {
  const exponent = i64x2.shl(f64x2.add(k, constant(signedMagic)), i32.const(52))
  return i64x2.add(exponent, constant(1))
}

/** The number in both lanes. */
type Constant = (value: number) => Vector

/** Constants in memory: V8 makes one in code by three instructions, and loads it by one. */
function createConstants(memory: KernelMemory): Constant {
  const values = new Float64Array(maxConstants)
  const address = memory.table(values)
  const places = new Map<number, number>()
  return (value) => {
    // −0 and 0 have the same key; no constant is 0.
    const place = places.get(value) ?? places.size
    places.set(value, place)
    values[place] = value
    return v128.load64Splat(i32.const(address), 8 * place)
  }
}
