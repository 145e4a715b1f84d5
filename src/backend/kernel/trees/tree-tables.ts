// What a walk asks of the tables that hold the trees, in whichever order their nodes lie.

import type { Expression, Statement } from '../wasm/expression.ts'
import type { Local } from '../wasm/local.ts'
import type { Scope } from '../wasm/wasm-module.ts'

type Address = Expression<'i32'>

/** How cursors move through trees. A cursor is the byte offset of a node in the table of nodes. */
export type TreeTables = {
  /** Trees in the order of the tables: number in the ensemble, −1 for an empty tree that fills the last group. */
  readonly order: Int32Array
  /** Which leaf of the ensemble the table of leaves has where; −1 for none. */
  readonly leafSlots: Int32Array
  /** Address of the table of nodes, as the byte offset of loads. */
  readonly address: number
  /** Bytes from a node to its rank and to the byte offset of its column within a row of ranks. */
  readonly rankOffset: number
  readonly loadRank: (address: Address, byteOffset?: number) => Address
  readonly columnOffset: number
  readonly loadColumn: (address: Address, byteOffset?: number) => Address
  /** Writes the walk of `cursors`, the trees from number `tree` on; `step` gives 1 for right and 0 for left. */
  readonly walk: (group: TreeGroup) => Statement
  readonly leafSlot: (cursor: Address) => Address
}

export type TreeGroup = {
  readonly tree: Local<'i32'>
  readonly scope: Scope
  /** By tree of the group, then by row. */
  readonly cursors: readonly (readonly Local<'i32'>[])[]
  /** 1 where row `row` goes right at the node of `cursor`, else 0. */
  readonly goesRight: (cursor: Address, row: number) => Address
}

/** Trees per group at most, and what numbers of trees are filled up to. */
export const maxGroupTrees = 8
