// Numbers in the memory of a kernel in, a function out that says whether one of them is infinite or NaN.

import type { KernelBuild } from './kernel-stage.ts'
import { countUp } from './wasm/control.ts'
import { i32 } from './wasm/scalar-instructions.ts'
import { f32x4, f64x2, v128 } from './wasm/vector-instructions.ts'
import type { WasmFunction } from './wasm/wasm-module.ts'

type Numbers = {
  readonly address: number
  readonly element: 'f32' | 'f64'
  /** From one row to the next. */
  readonly rowByteLength: number
}

/** (number of rows) → 1 or 0. What stands behind the last row, up to 15 bytes, counts as well. */
export function emitFiniteCheck(
  build: KernelBuild,
  { address, element, rowByteLength }: Numbers,
): WasmFunction<readonly ['i32']> {
  const lanes = element === 'f32' ? f32x4 : f64x2
  return build.module.addFunction({ params: ['i32'], result: 'i32' }, ([rowCount], { local }) => {
    const [at, end, values, wrong] = [local('i32'), local('i32'), local('v128'), local('v128')]
    // x − x is 0 for finite numbers only
    const difference = lanes.sub(values.tee(v128.load(at.get, address)), values.get)
    const isWrong = lanes.ne(difference, v128.const(new Array<number>(16).fill(0)))
    return [
      end.set(i32.mul(rowCount.get, i32.const(rowByteLength))),
      countUp(at, { end: end.get, step: 16 }, wrong.set(v128.or(wrong.get, isWrong))),
      v128.anyTrue(wrong.get),
    ]
  })
}
