// A module in, its function for 1 / (1 + e^−x) of two numbers at once out, as rows/decode-target.ts computes it.

import { f64x2 } from '../wasm/vector-instructions.ts'
import type { WasmModule } from '../wasm/wasm-module.ts'
import { splat, type VectorFunction, where } from './exponential.ts'

/** e^−|x| serves both of its branches: 1 / (1 + e^−x) from 0 on, e^x / (1 + e^x) below. */
export function addSigmoid(module: WasmModule, exponential: VectorFunction): VectorFunction {
  return module.addFunction({ params: ['v128'], result: 'v128' }, ([x], { local }) => {
    const power = local('v128')
    const upper = where(f64x2.ge(x.get, splat(0)), splat(1), power.get)
    return [
      power.set(exponential.evaluate('v128', f64x2.neg(f64x2.abs(x.get)))),
      f64x2.div(upper, f64x2.add(splat(1), power.get)),
    ]
  })
}
