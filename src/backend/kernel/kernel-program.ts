// A model's regions in, compiled WebAssembly out: canonical rows in its memory become raw columns and answers, in its memory.

import type { Artifact } from '../../artifact/artifact.ts'
import type { RegionGraph } from '../../regions/region.ts'
import { emitRun } from './emit-run.ts'
import { emitFiniteCheck } from './finite-check.ts'
import { emitHead } from './head/emit-head.ts'
import type { HeadStage } from './head/head-stage.ts'
import type { KernelFeatures } from './kernel-features.ts'
import { KernelMemory } from './kernel-memory.ts'
import { planKernel } from './kernel-plan.ts'
import type { ColumnBlock, KernelBuild } from './kernel-stage.ts'
import { i32 } from './wasm/scalar-instructions.ts'
import { WasmModule } from './wasm/wasm-module.ts'
import { findWebAssembly } from './wasm/web-assembly.ts'

/** Rows of a block: its columns and what comes of them stay in the first two caches. */
const mostBlockRows = 256

/** Vectors take 16 rows of bytes. */
const leastBlockRows = 16

/** Of a block's rows, and of what they are encoded to, which may be a column for each category; wide models get fewer rows. */
const mostRowBytes = 2 ** 20
const mostColumnBytes = 2 ** 22

export type KernelOutputName = 'label' | 'probabilities' | 'scores' | 'value' | 'vector'

/** Row-major [blockRows, width]; `label` is int32, a class's number, all others are float64. */
export type KernelOutput = { readonly values: Int32Array | Float64Array; readonly width: number }

export type KernelProgram = {
  /** Its forms, with the largest number of rows of each. */
  readonly title: string
  readonly byteLength: number
  readonly blockRows: number
  /** Where the caller writes up to `blockRows` canonical rows. */
  readonly rows: Float64Array
  /** Where their raw columns stand after `run`. */
  readonly raw: Float32Array
  /**
   * Computes the first `rowCount` rows; raw is NaN for rows that leave the range of float32 before a dense layer, and then it
   * gives true.
   */
  run(rowCount: number): boolean
  /** Whether `run` gives true also for rows with values that are infinite or NaN, so that nobody has to look before. */
  readonly checksRows: boolean
  /** Whether a value of the first `rowCount` rows may be infinite or NaN. */
  hasSpecialValue(rowCount: number): boolean
  /** What `decode` fills: the fields of a prediction. */
  readonly outputs: Readonly<Partial<Record<KernelOutputName, KernelOutput>>>
  /** Turns raw into `outputs`. Gives the first row whose raw is no number, or −1. */
  decode(rowCount: number): number
}

export type KernelSource = {
  readonly artifact: Artifact
  readonly graph: RegionGraph
  readonly features: KernelFeatures
}

/** `width` is that of canonical rows, `columnCount` of the widest that they become: encoded or raw. */
export function blockRowsOf(width: number, columnCount: number): number {
  const fitting = Math.min(mostRowBytes / (8 * width), mostColumnBytes / (4 * columnCount))
  const whole = Math.floor(fitting / leastBlockRows) * leastBlockRows
  return Math.max(leastBlockRows, Math.min(mostBlockRows, whole))
}

/**
 * Only where `features.simd`.
 * @throws UNSUPPORTED, LIMIT_EXCEEDED
 */
export function compileKernel({ artifact, graph, features }: KernelSource): KernelProgram {
  const { metadata } = artifact
  const { rawWidth } = metadata
  const width = metadata.schema.features.length
  const plan = planKernel(graph, metadata)
  const blockRows = blockRowsOf(width, Math.max(plan.columns.length, rawWidth))
  const build: KernelBuild = { module: new WasmModule(), memory: new KernelMemory(), features, blockRows }
  const rowsAt = build.memory.reserve(blockRows * width * 8)
  const rawAt = build.memory.reserve(blockRows * rawWidth * 4)
  const { title, features: columns, checksRows = false } = emitRun(build, { artifact, graph, plan, rowsAt, rawAt })
  const head = emitHead(build, metadata.head, rawWidth)
  const isSpecial = emitFiniteCheck(build, { address: rowsAt, element: 'f64', rowByteLength: 8 * width })
  build.module.addFunction({ params: ['i32'], result: 'i32', exportName: 'decode' }, ([rowCount]) =>
    head.run.evaluate('i32', i32.const(rawAt), rowCount.get),
  )
  build.module.addFunction({ params: ['i32'], result: 'i32', exportName: 'hasSpecialValue' }, ([rowCount]) =>
    isSpecial.evaluate('i32', rowCount.get),
  )
  const { buffer, exports } = instantiate(build)
  const { run, decode, hasSpecialValue } = exports
  const raw = new Float32Array(buffer, rawAt, blockRows * rawWidth)
  const seen = columns && new Float32Array(buffer, columns.address, blockRows * columns.pitch)
  return {
    title,
    byteLength: buffer.byteLength,
    blockRows,
    rows: new Float64Array(buffer, rowsAt, blockRows * width),
    raw,
    run(rowCount) {
      if (run(rowCount) === 0) return false
      if (columns && seen) markBeyond({ seen, columns }, { raw, rawWidth }, rowCount)
      return true
    },
    checksRows,
    hasSpecialValue: (rowCount) => hasSpecialValue(rowCount) !== 0,
    outputs: outputsOf(head, buffer, blockRows),
    decode,
  }
}

function instantiate({ memory, module }: KernelBuild) {
  const allocated = memory.allocate()
  // `allocate` has found it
  const webAssembly = findWebAssembly()!
  const compiled = new webAssembly.Module(module.toBytes())
  const { exports } = new webAssembly.Instance(compiled, { env: { memory: allocated } })
  return { buffer: allocated.buffer, exports }
}

const outputNames = ['label', 'probabilities', 'scores', 'value', 'vector'] as const satisfies KernelOutputName[]

function outputsOf(head: HeadStage, buffer: ArrayBuffer, blockRows: number): KernelProgram['outputs'] {
  const outputs: Partial<Record<KernelOutputName, KernelOutput>> = {}
  for (const name of outputNames) {
    const array = head[name]
    if (array === undefined) continue
    const View = name === 'label' ? Int32Array : Float64Array
    outputs[name] = { values: new View(buffer, array.address, blockRows * array.width), width: array.width }
  }
  return outputs
}

type Seen = { readonly seen: Float32Array; readonly columns: ColumnBlock }
type Raw = { readonly raw: Float32Array; readonly rawWidth: number }

function markBeyond({ seen, columns: { pitch } }: Seen, { raw, rawWidth }: Raw, rowCount: number): void {
  for (let row = 0; row < rowCount; row++)
    if (!seen.subarray(row * pitch, (row + 1) * pitch).every(Number.isFinite))
      raw.fill(NaN, row * rawWidth, (row + 1) * rawWidth)
}
