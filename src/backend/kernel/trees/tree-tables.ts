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
  /** Of the nodes of a tree, on average. */
  readonly treeByteLength: number
  /** Bytes from a node to its rank and to the byte offset of its column within a row of ranks. */
  readonly rankOffset: number
  readonly loadRank: (address: Address, byteOffset?: number) => Address
  readonly columnOffset: number
  readonly loadColumn: (address: Address, byteOffset?: number) => Address
  /** Leads the walkers of a group from the roots to leaves. */
  readonly walk: (group: TreeGroup) => Statement
  readonly leafSlot: (cursor: Address) => Address
}

/** One tree of the group on the way through for one row of the tile. */
export type Walker = {
  readonly tree: number
  readonly row: number
  readonly cursor: Local<'i32'>
  /** The rank that the node at the cursor asks for. */
  readonly rank: Local<'i32'>
}

/**
 * Walkers take turns, and in a turn go a step and read what the next one needs: a compiler moves arithmetic to its first
 * use, so that two numbers a walker are alive between turns, and no more than the processor has registers for.
 */
export type TreeGroup = {
  /** Number of its first tree. */
  readonly tree: Local<'i32'>
  readonly scope: Scope
  readonly walkers: readonly Walker[]
  /** Reads the rank that the node at `cursor` asks for. */
  readonly readRank: (walker: Walker, cursor: Address) => Statement
  /** 1 where the rank that was read goes right at the node at `cursor`, else 0. */
  readonly goesRight: (walker: Walker, cursor: Address) => Address
}

/** Trees per group at most, and what numbers of trees are filled up to. */
export const maxGroupTrees = 8
