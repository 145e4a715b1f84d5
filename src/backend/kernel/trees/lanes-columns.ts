// Columns of ranks in, a function that copies those which trees read, as signed bytes, for the rows at hand out.

import type { ColumnBlock, KernelBuild } from '../kernel-stage.ts'
import { repeatWhile, sequence } from '../wasm/control.ts'
import type { Statement } from '../wasm/expression.ts'
import { i32 } from '../wasm/scalar-instructions.ts'
import { i8x16, v128 } from '../wasm/vector-instructions.ts'
import type { WasmFunction } from '../wasm/wasm-module.ts'
import type { RankGroup } from './lanes-ranks.ts'

/** (address of the first column's record, address after the last, first row): fills the copied columns. */
export type CopyFunction = WasmFunction<readonly ['i32', 'i32', 'i32']>

/** Address of the column and, where ranks are 16 bits wide, of the table of their bytes. */
export const columnRecordByteLength = 8

/** Records of the columns of a group of trees. */
export function columnRecords(group: RankGroup, inputs: ColumnBlock, memory: KernelBuild['memory']): number[] {
  const byteLength = inputs.element === 'u8' ? 1 : 2
  return group.columns.flatMap((column, slot) => [
    inputs.address + column * inputs.pitch * byteLength,
    inputs.element === 'u8' ? 0 : memory.table(signedCodes(group.ranks[slot])),
  ])
}

/** By rank: how many of `ranks` lie below it, less 128; up to the rank above them all. */
function signedCodes(ranks: readonly number[]): Int8Array {
  const codes = new Int8Array(ranks[ranks.length - 1] + 2)
  let below = 0
  for (let rank = 0; rank < codes.length; rank++) {
    codes[rank] = below - 128
    if (ranks[below] === rank) below++
  }
  return codes
}
