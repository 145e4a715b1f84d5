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

/** A tree for a form to write: places of its tests by node, and the bytes of its leaves. */
export type PlacedTree = {
  readonly tree: LaneTree
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
  /** Address of the tree; moved on to its leaves by `walk`. */
  readonly tree: Local<'i32'>
  /** Vectors of 16 rows that go through it together. */
  readonly groups: number
  /** Address of the copied columns; those of one group of rows follow those of the one before by 16 bytes. */
  readonly columnsAddress: number
}

export type WalkCode = {
  /** Once for all trees. */
  readonly before: Statement
  /** Once a tree. */
  readonly walk: Statement
  /** Position of the leaf that each row has reached, less 16 · `table`: 0 to 15 only where its leaf is in that table. */
  readonly positionIn: (group: number, table: number) => Vector
}

export type LaneForm = {
  readonly title: string
  /** Tables of 16 leaves each. */
  readonly tableCount: number
  /** About how many instructions a tree takes for 16 rows; Infinity where it does not fit. */
  cost(tree: LaneTree): number
  write(placed: PlacedTree): WrittenTests
  emit(form: FormScope): WalkCode
}
