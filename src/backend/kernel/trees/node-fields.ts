// Widths of ranks and column offsets in, where the fields of a node lie and how they are written and read out.

import { elementByteLength } from '../kernel-stage.ts'
import { i32 } from '../wasm/scalar-instructions.ts'
import { loadRank, type RankElement } from './rank-block.ts'

/** The rank comes first, the column after it, whatever else there is after that. */
export function nodeFields(element: RankElement, columnCount: number) {
  const rankByteLength = elementByteLength[element]
  const largestColumn = Math.max(0, columnCount - 1) * rankByteLength
  const columnByteLength = largestColumn <= 0xff && element === 'u8' ? 1 : largestColumn <= 0xffff ? 2 : 4
  const columnOffset = Math.max(rankByteLength, columnByteLength)
  return {
    rankOffset: 0,
    loadRank: loadRank[element],
    columnOffset,
    loadColumn: { 1: i32.load8U, 2: i32.load16U, 4: i32.load }[columnByteLength],
    /** A power of two. */
    byteLength: 2 ** Math.ceil(Math.log2(columnOffset + columnByteLength)),
    write(nodes: DataView, at: number, rank: number, column: number): void {
      writeUnsigned(nodes, at, rankByteLength, rank)
      writeUnsigned(nodes, at + columnOffset, columnByteLength, column * rankByteLength)
    },
  } as const
}

function writeUnsigned(view: DataView, at: number, byteLength: number, value: number): void {
  if (byteLength === 1) view.setUint8(at, value)
  else if (byteLength === 2) view.setUint16(at, value, true)
  else view.setUint32(at, value, true)
}
