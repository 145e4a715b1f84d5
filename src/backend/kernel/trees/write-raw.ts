// Sums of a tile of rows in, statements that write its raw outputs and clear the sums for the next tile out.

import type { KernelMemory } from '../kernel-memory.ts'
import { countUp, select, sequence } from '../wasm/control.ts'
import type { Statement } from '../wasm/expression.ts'
import type { Local } from '../wasm/local.ts'
import { f32, f64, i32 } from '../wasm/scalar-instructions.ts'
import type { Scope } from '../wasm/wasm-module.ts'
import type { LeafSums } from './leaf-sums.ts'

export type RawTile<Type extends 'i32' | 'f64'> = {
  readonly outputWidth: number
  readonly sums: LeafSums<Type>
  readonly sumsAddress: number
  /** Of the tile; it has `rows`, of which those from `rowCount` on are not asked for. */
  readonly firstRow: Local<'i32'>
  readonly rowCount: Local<'i32'>
  readonly rows: number
  readonly raw: Local<'i32'>
  readonly scope: Scope
  readonly memory: KernelMemory
}

export function writeRaw<Type extends 'i32' | 'f64'>(tile: RawTile<Type>): Statement {
  const { outputWidth, sums, sumsAddress, firstRow, rowCount, rows, raw, scope, memory } = tile
  const offsetsAddress = memory.table(sums.offsets)
  const [end, row, k] = [scope.local('i32'), scope.local('i32'), scope.local('i32')]
  const [sumAt, rawAt] = [scope.local('i32'), scope.local('i32')]
  const rest = i32.sub(rowCount.get, firstRow.get)
  const total = f64.mul(sums.toFloat64(sums.load(sumAt.get, sumsAddress)), f64.const(sums.factor))
  const output = f64.add(total, f64.load(i32.shl(k.get, i32.const(3)), offsetsAddress))
  const advance = (local: Local<'i32'>, by: number): Statement => local.set(i32.add(local.get, i32.const(by)))
  const writeOne = sequence(
    f32.store(rawAt.get, f32.demoteF64(output)),
    sums.store(sumAt.get, sums.zero, sumsAddress),
    advance(sumAt, sums.sumByteLength),
    advance(rawAt, 4),
  )
  return sequence(
    end.set(select(i32.ltU(rest, i32.const(rows)), rest, i32.const(rows))),
    sumAt.set(i32.const(0)),
    rawAt.set(i32.add(raw.get, i32.mul(firstRow.get, i32.const(4 * outputWidth)))),
    countUp(row, { end: end.get }, countUp(k, { end: i32.const(outputWidth) }, writeOne)),
    clearFrom(sumAt, tile),
  )
}

/** Rows that were not asked for have been added up as well. */
function clearFrom<Type extends 'i32' | 'f64'>(
  sumAt: Local<'i32'>,
  { sums, sumsAddress, rows, outputWidth }: RawTile<Type>,
): Statement {
  const next = sumAt.set(i32.add(sumAt.get, i32.const(sums.sumByteLength)))
  return countUp(
    sumAt,
    { from: sumAt.get, end: i32.const(rows * outputWidth * sums.sumByteLength), step: 0 },
    sequence(sums.store(sumAt.get, sums.zero, sumsAddress), next),
  )
}
