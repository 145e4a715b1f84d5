// A dense chain in, its kernel ready to run, with rows written where the encode stage would write them, out.

import { type DenseOptions, emitDense } from '../../../../src/backend/kernel/dense/dense-stage.ts'
import { detectKernelFeatures } from '../../../../src/backend/kernel/kernel-features.ts'
import type { KernelFeatures } from '../../../../src/backend/kernel/kernel-features.ts'
import { KernelMemory } from '../../../../src/backend/kernel/kernel-memory.ts'
import { i32 } from '../../../../src/backend/kernel/wasm/scalar-instructions.ts'
import { WasmModule } from '../../../../src/backend/kernel/wasm/wasm-module.ts'
import { findWebAssembly } from '../../../../src/backend/kernel/wasm/web-assembly.ts'
import type { DenseChain } from '../../../../src/regions/dense-chain.ts'

export const blockRows = 256

/** What the kernel may not overwrite, after the last row of raw. */
const guard = 77

export const allFeatures = detectKernelFeatures()

export type DenseKernel = {
  readonly titles: readonly string[]
  /** Raw outputs of the rows by variant `variant`, or by the one that is meant for so many rows. */
  run(rows: readonly ArrayLike<number>[], variant?: number): Float32Array
  /** The same from canonical rows; undefined where the kernel says that they leave the range of float32. */
  runFromRows(rows: readonly ArrayLike<number>[]): Float32Array | undefined
}

export function denseKernel(
  region: DenseChain,
  { features = allFeatures, ...options }: DenseOptions & { readonly features?: KernelFeatures } = {},
): DenseKernel {
  const [module, memory] = [new WasmModule(), new KernelMemory()]
  const width = options.rowWidth ?? region.inputs.length
  const rowsAt = memory.reserve(blockRows * width * 8)
  const { outputWidth, variants, fromRows } = emitDense({ module, memory, features, blockRows }, region, options)
  const raw = memory.reserve((blockRows + 4) * outputWidth * 4)
  variants.forEach(({ run }, index) =>
    module.addFunction({ params: ['i32'], exportName: `run${index}` }, ([rows]) => run.call(rows.get, i32.const(raw))),
  )
  if (fromRows !== undefined)
    module.addFunction({ params: ['i32'], result: 'i32', exportName: 'fromRows' }, ([rows]) =>
      fromRows.evaluate('i32', i32.const(rowsAt), rows.get, i32.const(raw)),
    )
  const webAssembly = findWebAssembly()!
  const filled = memory.allocate()
  const { exports } = new webAssembly.Instance(new webAssembly.Module(module.toBytes()), { env: { memory: filled } })
  const values = new Float32Array(filled.buffer)
  const doubles = new Float64Array(filled.buffer)

  function guarded(rowCount: number, run: () => void): Float32Array {
    const end = raw / 4 + rowCount * outputWidth
    values.fill(guard, raw / 4, end + 4 * outputWidth)
    run()
    if (values.subarray(end, end + 4 * outputWidth).some((value) => value !== guard))
      throw new RangeError('the kernel wrote beyond the last row')
    return values.slice(raw / 4, end)
  }

  return {
    titles: variants.map(({ title }) => title),
    run(rows, variant = variants.findIndex(({ maxRows }) => maxRows >= rows.length)) {
      const { address, pitch } = variants[variant].inputs
      rows.forEach((row, r) => values.set(row, address / 4 + r * pitch))
      return guarded(rows.length, () => exports[`run${variant}`](rows.length))
    },
    runFromRows(rows) {
      rows.forEach((row, r) => doubles.set(row, rowsAt / 8 + r * width))
      let isBeyond = 0
      const result = guarded(rows.length, () => {
        isBeyond = exports['fromRows'](rows.length)
      })
      return isBeyond === 0 ? result : undefined
    },
  }
}
