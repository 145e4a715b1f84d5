// What the forms have in common in which sixteen rows at a time go through a tree: its bytes, and the code that reads them.

import type { Expression, Statement } from '../wasm/expression.ts'
import type { Local } from '../wasm/local.ts'
import type { Scope } from '../wasm/wasm-module.ts'
import type { LaneTree } from './lanes-trees.ts'

export type Vector = Expression<'v128'>

/** How a test finds its column and its threshold among the columns that were copied for the rows at hand. */
export type TestPlace = {
  /** From the first copied column on, in bytes. */
  readonly byteOffset: number
  /** A row goes right where its byte, as a signed number, is greater. */
  readonly threshold: number
}

/** No byte is greater, so every row goes left. */
export const never: TestPlace = { byteOffset: 0, threshold: 127 }

/** A tree for a form to write, and the places of its tests by node. */
export type PlacedTree = {
  readonly tree: LaneTree
  /** Most leaves of the trees that it is to be as long as. */
  readonly leafCount: number
  readonly placeOf: (node: number) => TestPlace
}

/** What is written of a tree before its leaves. */
export type WrittenTests = {
  readonly bytes: readonly number[]
  /** Node of each leaf position; −1 where no row ends. */
  readonly leafNodes: readonly number[]
}

export type FormScope = {
  readonly scope: Scope
  /** Addresses of trees, of which the first is set; `walk` finds the others behind it, and moves each on to its leaves. */
  readonly trees: readonly Local<'i32'>[]
  /** Of a tree's leaves, which stand behind its tests. */
  readonly leavesByteLength: number
  /** Vectors of 16 rows that go through them together. */
  readonly groups: number
  /** Address of the copied columns; those of one group of rows follow those of the one before by 16 bytes. */
  readonly columnsAddress: number
}

export type WalkCode = {
  /** Once for all trees. */
  readonly before: Statement
  /** Once for `trees`. */
  readonly walk: Statement
  /** Position of the leaf that each row has reached, less 16 · `table`: 0 to 15 only where its leaf is in that table. */
  readonly positionIn: (tree: number, group: number, table: number) => Vector
}

export type LaneForm = {
  readonly title: string
  /** Tables of 16 leaves each. */
  readonly tableCount: number
  /** So many trees are of one length: a row may go through them at once. */
  readonly packSize: 1 | 2
  /** About how many instructions a tree takes for 16 rows; Infinity where it does not fit. */
  cost(tree: LaneTree): number
  write(placed: PlacedTree): WrittenTests
  emit(form: FormScope): WalkCode
}
