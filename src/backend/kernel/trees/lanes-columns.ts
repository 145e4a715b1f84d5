// Columns of ranks in, a function that copies those which trees read, as signed bytes, for the rows at hand out.

import type { ColumnBlock, KernelBuild } from '../kernel-stage.ts'
import { loopWhile, sequence } from '../wasm/control.ts'
import type { Statement } from '../wasm/expression.ts'
import type { Local } from '../wasm/local.ts'
import { i32 } from '../wasm/scalar-instructions.ts'
import { i8x16, v128 } from '../wasm/vector-instructions.ts'
import type { WasmFunction } from '../wasm/wasm-module.ts'
import type { RankGroup } from './lanes-ranks.ts'

/** (address of the first column's record, address after the last, first row): fills the copied columns. */
export type CopyFunction = WasmFunction<readonly ['i32', 'i32', 'i32']>

export type CopyShape = {
  readonly element: 'u8' | 'u16'
  /** Rows in sixteens. */
  readonly groups: number
  /** Where the copied columns go, and how far apart they are. */
  readonly columnsAddress: number
  readonly columnByteLength: number
}

/** Address of the column and, where ranks are 16 bits wide, of the table of their bytes. */
const recordByteLength = 8

/** As 32-bit words. `rankCounts`: by column, its highest rank and one. */
export function columnRecords(
  { columns, ranks }: RankGroup,
  { address, element, pitch }: ColumnBlock,
  { rankCounts, memory }: { readonly rankCounts: readonly number[]; readonly memory: KernelBuild['memory'] },
): number[] {
  return columns.flatMap((column, slot) => [
    address + column * pitch * (element === 'u8' ? 1 : 2),
    element === 'u8' ? 0 : memory.table(signedCodes(ranks[slot], rankCounts[column])),
  ])
}

/** By rank: how many of `ranks` lie below it, less 128. */
function signedCodes(ranks: readonly number[], rankCount: number): Int8Array {
  const codes = new Int8Array(rankCount)
  let below = 0
  for (let rank = 0; rank < rankCount; rank++) {
    codes[rank] = below - 128
    if (ranks[below] === rank) below++
  }
  return codes
}

export function emitCopy({ module }: KernelBuild, shape: CopyShape): CopyFunction {
  const { element, groups, columnsAddress, columnByteLength } = shape
  return module.addFunction({ params: ['i32', 'i32', 'i32'] }, ([record, end, row], { local }) => {
    const [source, target] = [local('i32'), local('i32')]
    const table = local('i32')
    const copy = element === 'u8' ? copyBytes(source, target) : codeWords(source, target, table)
    const firstByte = element === 'u8' ? row.get : i32.shl(row.get, i32.const(1))
    return [
      target.set(i32.const(columnsAddress)),
      loopWhile(
        i32.ltU(record.get, end.get),
        sequence(
          source.set(i32.add(i32.load(record.get), firstByte)),
          table.set(i32.load(record.get, 4)),
          ...Array.from({ length: groups }, (_, group) => copy(group)).flat(),
          target.set(i32.add(target.get, i32.const(columnByteLength))),
          record.set(i32.add(record.get, i32.const(recordByteLength))),
        ),
      ),
    ]
  })
}

function copyBytes(source: Local<'i32'>, target: Local<'i32'>): (group: number) => Statement[] {
  const bias = i8x16.splat(i32.const(128))
  return (group) => [v128.store(target.get, v128.xor(v128.load(source.get, 16 * group), bias), 16 * group)]
}

/** Ranks past the last row may be any 16 bits: what is read of a table then is not used. */
function codeWords(source: Local<'i32'>, target: Local<'i32'>, table: Local<'i32'>): (group: number) => Statement[] {
  return (group) =>
    Array.from({ length: 16 }, (_, lane) => {
      const at = 16 * group + lane
      const code = i32.load8U(i32.add(table.get, i32.load16U(source.get, 2 * at)))
      return i32.store8(target.get, code, at)
    })
}
