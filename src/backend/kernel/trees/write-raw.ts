// Sums of all rows in, statements that write their raw outputs and clear the sums for the next call out.

import type { KernelMemory } from '../kernel-memory.ts'
import { countUp, sequence } from '../wasm/control.ts'
import type { Statement } from '../wasm/expression.ts'
import type { Local } from '../wasm/local.ts'
import { f32, f64, i32 } from '../wasm/scalar-instructions.ts'
import type { Scope } from '../wasm/wasm-module.ts'
import type { LeafSums } from './leaf-sums.ts'

export type SummedRows<Type extends 'i32' | 'f64'> = {
  readonly outputWidth: number
  readonly sums: LeafSums<Type>
  readonly sumsAddress: number
  readonly rowCount: Local<'i32'>
  /** Rows were added up in tiles of so many, the last one whole as well. A power of two. */
  readonly tileRows: number
  readonly raw: Local<'i32'>
  readonly scope: Scope
  readonly memory: KernelMemory
}

export function writeRaw<Type extends 'i32' | 'f64'>(summed: SummedRows<Type>): Statement {
  const { outputWidth, sums, sumsAddress, rowCount, tileRows, raw, scope, memory } = summed
  const offsetsAddress = memory.table(sums.offsets)
  const [row, k, sumAt, rawAt] = [scope.local('i32'), scope.local('i32'), scope.local('i32'), scope.local('i32')]
  const total = f64.mul(sums.toFloat64(sums.load(sumAt.get, sumsAddress)), f64.const(sums.factor))
  const output = f64.add(total, f64.load(i32.shl(k.get, i32.const(3)), offsetsAddress))
  const advance = (local: Local<'i32'>, by: number): Statement => local.set(i32.add(local.get, i32.const(by)))
  const writeOne = sequence(
    f32.store(rawAt.get, f32.demoteF64(output)),
    sums.store(sumAt.get, sums.zero, sumsAddress),
    advance(sumAt, sums.sumByteLength),
    advance(rawAt, 4),
  )
  const tiled = i32.and(i32.add(rowCount.get, i32.const(tileRows - 1)), i32.const(-tileRows))
  const clearOne = sums.store(sumAt.get, sums.zero, sumsAddress)
  return sequence(
    sumAt.set(i32.const(0)),
    rawAt.set(raw.get),
    countUp(row, { end: rowCount.get }, countUp(k, { end: i32.const(outputWidth) }, writeOne)),
    ...(tileRows === 1
      ? []
      : [
          row.set(i32.mul(tiled, i32.const(outputWidth * sums.sumByteLength))),
          countUp(sumAt, { from: sumAt.get, end: row.get, step: sums.sumByteLength }, clearOne),
        ]),
  )
}
