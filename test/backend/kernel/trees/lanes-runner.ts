// An ensemble and rows of ranks in, the raw outputs of its kernel of sixteen rows at a time out, or nothing where it has none.

import { detectKernelFeatures } from '../../../../src/backend/kernel/kernel-features.ts'
import { KernelMemory } from '../../../../src/backend/kernel/kernel-memory.ts'
import type { KernelBuild } from '../../../../src/backend/kernel/kernel-stage.ts'
import { emitTreeLanes } from '../../../../src/backend/kernel/trees/lanes.ts'
import type { LeafGrid } from '../../../../src/backend/kernel/trees/leaf-grid.ts'
import { i32 } from '../../../../src/backend/kernel/wasm/scalar-instructions.ts'
import { WasmModule } from '../../../../src/backend/kernel/wasm/wasm-module.ts'
import { findWebAssembly } from '../../../../src/backend/kernel/wasm/web-assembly.ts'
import type { Ranks } from '../../../../src/regions/ranks.ts'
import type { TreeEnsemble } from '../../../../src/regions/tree-ensemble.ts'

export type LaneRows = (rows: readonly ArrayLike<number>[]) => Float64Array[]

/** Past the rows that are asked for, columns hold any bits, and raw must stay as it was. */
export function lanesOf(
  region: TreeEnsemble,
  ranks: Ranks,
  { grid, blockRows = 256 }: { readonly grid?: LeafGrid; readonly blockRows?: number } = {},
): LaneRows | undefined {
  const webAssembly = findWebAssembly()!
  const build: KernelBuild = {
    module: new WasmModule(),
    memory: new KernelMemory(),
    features: detectKernelFeatures(),
    blockRows,
  }
  const width = region.outputWidth
  const rawAt = build.memory.reserve(blockRows * width * 4)
  const variant = emitTreeLanes(build, region, ranks, grid)
  if (variant === undefined) return undefined
  build.module.addFunction({ params: ['i32'], exportName: 'run' }, ([rowCount]) =>
    variant.run.call(rowCount.get, i32.const(rawAt)),
  )
  const memory = build.memory.allocate()
  const module = new webAssembly.Module(build.module.toBytes())
  const { run } = new webAssembly.Instance(module, { env: { memory } }).exports
  const { address, element, pitch } = variant.inputs
  const table = element === 'u8' ? Uint8Array : Uint16Array
  const columns = new table(memory.buffer, address, region.inputs.length * pitch)
  const raw = new Float32Array(memory.buffer, rawAt, blockRows * width)
  return (rows) => {
    for (let at = 0; at < columns.length; at++) {
      const row = rows[at % pitch]
      columns[at] = row === undefined ? 0xffff - at * 7 : row[Math.floor(at / pitch)]
    }
    raw.fill(NaN)
    run(rows.length)
    if (raw.subarray(rows.length * width).some((value) => !Number.isNaN(value)))
      throw new Error('rows that nobody asked for were written')
    return rows.map((_, row) => Float64Array.from(raw.subarray(row * width, (row + 1) * width)))
  }
}
