// The stage of a kernel and rows of ranks in, what each of its variants answers out: for tests of stages.

import { KernelMemory } from '../../../../src/backend/kernel/kernel-memory.ts'
import { detectKernelFeatures } from '../../../../src/backend/kernel/kernel-features.ts'
import type { ColumnBlock, CoreStage, KernelBuild } from '../../../../src/backend/kernel/kernel-stage.ts'
import { WasmModule } from '../../../../src/backend/kernel/wasm/wasm-module.ts'
import { findWebAssembly } from '../../../../src/backend/kernel/wasm/web-assembly.ts'

const arrays = { u8: Uint8Array, u16: Uint16Array, i32: Int32Array, f32: Float32Array, f64: Float64Array } as const

export type Variant = {
  readonly title: string
  readonly maxRows: number
  readonly inputs: ColumnBlock
  /** Raw outputs, row-major. */
  run(rows: readonly ArrayLike<number>[]): Float32Array
  /** The float32 numbers just before and behind those that the last run was to write; −1 where nothing wrote to them. */
  around(rowCount: number): number[]
}

const guard = 16

export function runVariants(emit: (build: KernelBuild) => CoreStage, blockRows: number): Variant[] {
  const webAssembly = findWebAssembly()!
  const build = { module: new WasmModule(), memory: new KernelMemory(), features: detectKernelFeatures(), blockRows }
  const { variants, outputWidth } = emit(build)
  const rawAt = build.memory.reserve((blockRows * outputWidth + 2 * guard) * 4)
  variants.forEach(({ run }, i) =>
    build.module.addFunction({ params: ['i32', 'i32'], exportName: `variant${i}` }, ([rowCount, raw]) =>
      run.call(rowCount.get, raw.get),
    ),
  )
  const memory = build.memory.allocate()
  const { exports } = new webAssembly.Instance(new webAssembly.Module(build.module.toBytes()), { env: { memory } })
  const raw = new Float32Array(memory.buffer, rawAt, blockRows * outputWidth + 2 * guard)
  return variants.map(({ title, maxRows, inputs }, i) => ({
    title,
    maxRows,
    inputs,
    run(rows) {
      const { address, element, order, pitch } = inputs
      const values = new arrays[element](memory.buffer, address)
      rows.forEach((row, r) => {
        for (let c = 0; c < row.length; c++) values[order === 'rows' ? r * pitch + c : c * pitch + r] = row[c]
      })
      raw.fill(-1)
      exports[`variant${i}`](rows.length, rawAt + 4 * guard)
      return raw.slice(guard, guard + rows.length * outputWidth)
    },
    around: (rowCount) => [...raw.subarray(0, guard), ...raw.subarray(guard + rowCount * outputWidth)],
  }))
}
