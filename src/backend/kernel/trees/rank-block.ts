// The ranks that trees read in, the smallest integers that hold them and a block of rows of these out.

import type { Ranks } from '../../../regions/ranks.ts'
import { type ColumnBlock, elementByteLength, type KernelBuild } from '../kernel-stage.ts'
import { i32 } from '../wasm/scalar-instructions.ts'

export type RankElement = 'u8' | 'u16' | 'i32'

/** Greatest number of the element: no rank is above it, so a node that holds it sends every row left. */
export const largestRank = { u8: 0xff, u16: 0xffff, i32: 0x7fff_ffff } as const satisfies Record<RankElement, number>

export const loadRank = { u8: i32.load8U, u16: i32.load16U, i32: i32.load } as const

/** Ranks go up to the number of flip points of their column. */
export function rankElement({ columns }: Ranks): RankElement {
  const highest = columns.reduce(
    (most, column) => Math.max(most, column.kind === 'rank' ? column.flipPoints.length : 1),
    0,
  )
  return highest <= largestRank.u8 ? 'u8' : highest <= largestRank.u16 ? 'u16' : 'i32'
}

/** Rows start at multiples of 16 bytes, so that they can be moved as whole words. */
export function reserveRankRows({ memory, blockRows }: KernelBuild, width: number, element: RankElement): ColumnBlock {
  const byteLength = elementByteLength[element]
  const pitch = (Math.ceil((Math.max(1, width) * byteLength) / 16) * 16) / byteLength
  return { address: memory.reserve(blockRows * pitch * byteLength), element, order: 'rows', pitch }
}
