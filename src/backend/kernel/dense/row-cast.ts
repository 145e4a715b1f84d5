// A block whose columns are the canonical rows' own in, the function that fills it with their values as float32 out.

import type { ColumnBlock, KernelBuild } from '../kernel-stage.ts'
import { loopWhile, sequence, when } from '../wasm/control.ts'
import type { Expression, Statement } from '../wasm/expression.ts'
import { i32 } from '../wasm/scalar-instructions.ts'
import { f32x4, v128 } from '../wasm/vector-instructions.ts'
import type { WasmFunction } from '../wasm/wasm-module.ts'
import { lanes, zeros } from './lanes.ts'

/** (address of canonical rows, number of rows) → 1 where a value is NaN or no finite float32, else 0 */
export type RowCast = WasmFunction<readonly ['i32', 'i32']>

/** The first `width` columns of rows of `rowWidth`. */
export function emitRowCast(
  { module }: Pick<KernelBuild, 'module'>,
  { address, pitch }: ColumnBlock,
  { width, rowWidth }: { readonly width: number; readonly rowWidth: number },
): RowCast {
  return module.addFunction({ params: ['i32', 'i32'], result: 'i32' }, ([rows, rowCount], scope) => {
    const [target, end, lineEnd] = [scope.local('i32'), scope.local('i32'), scope.local('i32')]
    const values = [scope.local('v128'), scope.local('v128')]
    const wrong = [scope.local('v128'), scope.local('v128')]
    const cast = (low: Expression<'v128'>, high: Expression<'v128'>, at: 0 | 1 = 0): Statement =>
      sequence(
        values[at].set(lanes(f32x4.demoteF64x2Zero(low), f32x4.demoteF64x2Zero(high), [0, 1, 4, 5])),
        v128.store(target.get, values[at].get, at * 16),
        // x − x is 0 for finite numbers, and NaN for others
        wrong[at].set(f32x4.add(wrong[at].get, f32x4.sub(values[at].get, values[at].get))),
      )
    const move = (vectors: number) =>
      sequence(
        rows.set(i32.add(rows.get, i32.const(32 * vectors))),
        target.set(i32.add(target.get, i32.const(16 * vectors))),
      )
    const two = sequence(
      cast(v128.load(rows.get), v128.load(rows.get, 16)),
      cast(v128.load(rows.get, 32), v128.load(rows.get, 48), 1),
      move(2),
    )
    const vector = sequence(cast(v128.load(rows.get), v128.load(rows.get, 16)), move(1))
    /** `byteLength` of vectors. */
    const vectors = (byteLength: Expression<'i32'>) =>
      sequence(
        lineEnd.set(i32.add(target.get, byteLength)),
        when(i32.and(byteLength, i32.const(16)), vector),
        loopWhile(i32.ne(target.get, lineEnd.get), two),
      )
    /** The columns behind the last whole vector, and zeros, which stand there already. */
    const rest = [
      sequence(),
      cast(v128.load64Zero(rows.get), zeros),
      cast(v128.load(rows.get), zeros),
      cast(v128.load(rows.get), v128.load64Zero(rows.get, 16)),
    ][width % 4]
    const wholeBytes = Math.floor(width / 4) * 16
    const line = sequence(
      vectors(i32.const(wholeBytes)),
      rest,
      target.set(i32.add(target.get, i32.const(pitch * 4 - wholeBytes))),
      rows.set(i32.add(rows.get, i32.const(rowWidth * 8 - wholeBytes * 2))),
    )
    const isOneLine = width === rowWidth && width === pitch
    const bytes = i32.mul(rowCount.get, i32.const(pitch * 4))
    const all = sequence(end.set(i32.add(i32.const(address), bytes)), loopWhile(i32.ne(target.get, end.get), line))
    const total = f32x4.add(wrong[0].get, wrong[1].get)
    return [target.set(i32.const(address)), isOneLine ? vectors(bytes) : all, v128.anyTrue(f32x4.ne(total, total))]
  })
}
