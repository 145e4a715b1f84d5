// What the stages of a kernel share: the module and memory that they write into, and how columns lie between them.

import type { KernelFeatures } from './kernel-features.ts'
import type { KernelMemory } from './kernel-memory.ts'
import type { WasmFunction, WasmModule } from './wasm/wasm-module.ts'

/** A kernel in the making. */
export type KernelBuild = {
  readonly module: WasmModule
  readonly memory: KernelMemory
  readonly features: KernelFeatures
  /** Rows that one call takes at most; a multiple of 16. */
  readonly blockRows: number
}

export type ElementType = 'u8' | 'u16' | 'i32' | 'f32' | 'f64'

export const elementByteLength = { u8: 1, u16: 2, i32: 4, f32: 4, f64: 8 } as const satisfies Record<
  ElementType,
  number
>

/**
 * The columns of a block of rows, between two stages.
 * - `rows`: column c of row r is element r · pitch + c.
 * - `columns`: column c of row r is element c · pitch + r. What lies beyond the last row may be anything.
 */
export type ColumnBlock = {
  readonly address: number
  readonly element: ElementType
  readonly order: 'rows' | 'columns'
  readonly pitch: number
}

/** (address of canonical rows: float64, row-major; number of rows): fills a ColumnBlock. */
export type EncodeFunction = WasmFunction<readonly ['i32', 'i32']>

/** (number of rows; address of raw: float32, row-major [rows, outputWidth]): reads a ColumnBlock, writes raw. */
export type CoreFunction = WasmFunction<readonly ['i32', 'i32']>

/** One way to compute a region: which is fastest depends on the number of rows. */
export type CoreVariant = {
  /** For the report: `row by row`, `16 rows at once`. */
  readonly title: string
  readonly inputs: ColumnBlock
  readonly run: CoreFunction
  /** It is used for so many rows at most; the last variant takes a whole block. */
  readonly maxRows: number
}

/**
 * (address of canonical rows: float64, row-major; number of rows; address of raw) → 0, or 1 where a row leaves the range of
 * float32: raw is not to be used then, and a variant says more.
 */
export type WholeFunction = WasmFunction<readonly ['i32', 'i32', 'i32']>

/** The region that does the work: trees or layers. Variants by rising `maxRows`. */
export type CoreStage = {
  readonly outputWidth: number
  readonly variants: readonly CoreVariant[]
  /** Where the region reads the canonical row itself: everything at once, for any number of rows, and faster. */
  readonly fromRows?: WholeFunction
}
