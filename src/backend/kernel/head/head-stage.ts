// What the last stage of a kernel leaves in memory, and what its parts need to write their share of a row.

import type { Local } from '../wasm/local.ts'
import type { Scope, WasmFunction } from '../wasm/wasm-module.ts'
import type { VectorFunction } from './exponential.ts'

/** Row-major [rows, width], one block of rows long. */
export type OutputArray = { readonly address: number; readonly width: number }

export type HeadStage = {
  /**
   * (address of raw: float32 [rows, rawWidth]; number of rows): the first row with NaN in raw, whose outputs mean
   * nothing, or −1. All other rows are written all the same. Transformers may answer NaN.
   */
  readonly run: WasmFunction<readonly ['i32', 'i32']>
  /** int32: number of the class, one column a target; of multilabel heads 1 or 0 a class. */
  readonly label?: OutputArray
  /** float64: the classes of each target in turn. */
  readonly probabilities?: OutputArray
  /** float64: the raw columns of each target in turn. */
  readonly scores?: OutputArray
  /** float64 */
  readonly value?: OutputArray
  /** float64 */
  readonly vector?: OutputArray
}

/** One row, or one target of it: where its numbers lie, and the functions that its code may call. */
export type HeadRow = {
  readonly scope: Scope
  readonly exponential: VectorFunction
  readonly sigmoid: VectorFunction
  /** Float32. */
  readonly raw: Local<'i32'>
}
