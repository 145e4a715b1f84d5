// A module in, its function for e^x of two numbers at once out, equal to V8's Math.exp bit for bit.

import { sequence } from '../wasm/control.ts'
import type { Expression } from '../wasm/expression.ts'
import type { Local } from '../wasm/local.ts'
import { f64, i32, i64 } from '../wasm/scalar-instructions.ts'
import { f64x2, i64x2, v128 } from '../wasm/vector-instructions.ts'
import type { WasmFunction, WasmModule } from '../wasm/wasm-module.ts'

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

/** Exponent of 1 in its place. */
const bias = 0x3ffn << 52n

export function addExponential(module: WasmModule): VectorFunction {
  return module.addFunction({ params: ['v128'], result: 'v128' }, ([x], { local }) => {
    const [k, high, low, r, c, y, half] = Array.from({ length: 7 }, () => local('v128'))
    const size = f64x2.abs(x.get)
    const nearest = f64x2.trunc(f64x2.add(f64x2.mul(splat(inverseLn2), x.get), halfWithSignOf(x)))
    const rest = f64x2.sub(k.get, half.get)
    // The first product is exact, so the second rounds once, into the subnormal numbers and infinity too.
    const scaled = f64x2.mul(f64x2.mul(y.get, powerOfTwo(half.get)), powerOfTwo(rest))
    return [
      sequence(
        k.set(v128.and(nearest, f64x2.ge(size, splat(leastReduced)))),
        high.set(f64x2.sub(x.get, f64x2.mul(k.get, splat(ln2High)))),
        low.set(f64x2.mul(k.get, splat(ln2Low))),
        r.set(f64x2.sub(high.get, low.get)),
        c.set(f64x2.sub(r.get, series(f64x2.mul(r.get, r.get), local('v128')))),
        y.set(onePlus(f64x2.sub(quotient(r, c, low), high.get))),
        half.set(f64x2.trunc(f64x2.mul(k.get, splat(0.5)))),
        y.set(scaled),
        y.set(where(f64x2.lt(size, splat(tiny)), f64x2.add(splat(1), x.get), y.get)),
        y.set(where(f64x2.eq(x.get, splat(1)), splat(e), y.get)),
        y.set(where(f64x2.gt(x.get, splat(overflow)), splat(Infinity), y.get)),
      ),
      v128.andnot(y.get, f64x2.lt(x.get, splat(underflow))),
    ]
  })
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

function halfWithSignOf(x: Local<'v128'>): Vector {
  return v128.or(v128.and(x.get, splat(-0)), splat(0.5))
}

/** t · (P1 + t · (P2 + …)) */
function series(square: Vector, t: Local<'v128'>): Vector {
  const inner = P.slice(0, -1).reduceRight(
    (sum, p) => f64x2.add(splat(p), f64x2.mul(t.get, sum)),
    splat(P[P.length - 1]),
  )
  return f64x2.mul(t.tee(square), inner)
}

/** low − r · c / (2 − c) */
function quotient(r: Local<'v128'>, c: Local<'v128'>, low: Local<'v128'>): Vector {
  return f64x2.sub(low.get, f64x2.div(f64x2.mul(r.get, c.get), f64x2.sub(splat(2), c.get)))
}

function onePlus(negated: Vector): Vector {
  return f64x2.sub(splat(1), negated)
}

/** 2^k of integers k as float64, −1022 to 1023. */
function powerOfTwo(k: Vector): Vector {
  const exponent = i64x2.shl(f64x2.add(k, splat(signedMagic)), i32.const(52))
  return i64x2.add(exponent, i64x2.splat(i64.const(bias)))
}
