// Numbers in the memory of a kernel in, a function out that says whether one of them is infinite or NaN.

import type { KernelBuild } from './kernel-stage.ts'
import { countUp, sequence } from './wasm/control.ts'
import type { Statement } from './wasm/expression.ts'
import type { Local } from './wasm/local.ts'
import { i32 } from './wasm/scalar-instructions.ts'
import { f32x4, f64x2, v128 } from './wasm/vector-instructions.ts'
import type { WasmFunction } from './wasm/wasm-module.ts'

type Numbers = {
  readonly address: number
  readonly element: 'f32' | 'f64'
  /** From one row to the next. */
  readonly rowByteLength: number
}

/** (number of rows) → 1 or 0. What stands behind the last row, up to 31 bytes, counts as well. */
export function emitFiniteCheck(
  build: KernelBuild,
  { address, element, rowByteLength }: Numbers,
): WasmFunction<readonly ['i32']> {
  const lanes = element === 'f32' ? f32x4 : f64x2
  return build.module.addFunction({ params: ['i32'], result: 'i32' }, ([rowCount], { local }) => {
    const [at, end] = [local('i32'), local('i32')]
    const sums = [local('v128'), local('v128')]
    const zero = v128.const(new Array<number>(16).fill(0))
    // 0 · x is NaN for what is not finite, and stays so in a sum
    const add = (sum: Local<'v128'>, byteOffset: number): Statement =>
      sum.set(lanes.add(sum.get, lanes.mul(v128.load(at.get, address + byteOffset), zero)))
    const total = lanes.add(sums[0].get, sums[1].get)
    return [
      end.set(i32.mul(rowCount.get, i32.const(rowByteLength))),
      countUp(at, { end: end.get, step: 32 }, sequence(add(sums[0], 0), add(sums[1], 16))),
      v128.anyTrue(lanes.ne(total, zero)),
    ]
  })
}
