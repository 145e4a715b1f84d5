// A graph, columns and rows in, what an emitted encoder writes for them out, for tests of it.

import { emitEncode } from '../../../../src/backend/kernel/encode/emit-encode.ts'
import { detectKernelFeatures } from '../../../../src/backend/kernel/kernel-features.ts'
import { KernelMemory } from '../../../../src/backend/kernel/kernel-memory.ts'
import { elementByteLength, type ElementType } from '../../../../src/backend/kernel/kernel-stage.ts'
import { i32 } from '../../../../src/backend/kernel/wasm/scalar-instructions.ts'
import { WasmModule } from '../../../../src/backend/kernel/wasm/wasm-module.ts'
import { findWebAssembly } from '../../../../src/backend/kernel/wasm/web-assembly.ts'
import type { ColumnRef } from '../../../../src/regions/column-ref.ts'
import type { RegionGraph } from '../../../../src/regions/region.ts'

const arrays = { u8: Uint8Array, u16: Uint16Array, i32: Int32Array, f32: Float32Array, f64: Float64Array } as const

type Shape = { readonly element: ElementType; readonly order: 'rows' | 'columns' }

/** The encoded columns, one list a row. */
export function createEncode(
  graph: RegionGraph,
  columns: readonly ColumnRef[],
  { element, order }: Shape,
): (rows: readonly (readonly number[])[]) => number[][] {
  const webAssembly = findWebAssembly()!
  const module = new WasmModule()
  const memory = new KernelMemory()
  const blockRows = 64
  const build = { module, memory, features: detectKernelFeatures(), blockRows }
  const input = graph.regions[0]
  const rowWidth = input.kind === 'input' ? input.width : 0
  const rowsAddress = memory.reserve(8 * rowWidth * blockRows)
  const pitch = order === 'rows' ? columns.length + 3 : blockRows
  const elements = order === 'rows' ? pitch * blockRows : pitch * columns.length
  const size = elementByteLength[element]
  const address = memory.reserve(elements * size)
  const after = memory.reserve(64)
  const encode = emitEncode(build, graph, columns, { address, element, order, pitch })
  module.addFunction({ params: ['i32'], exportName: 'encode' }, ([count]) =>
    encode.call(i32.const(rowsAddress), count.get),
  )
  const laid = memory.allocate()
  const instance = new webAssembly.Instance(new webAssembly.Module(module.toBytes()), { env: { memory: laid } })
  return (rows) => {
    new Float64Array(laid.buffer, rowsAddress, rows.length * rowWidth).set(rows.flat())
    // Dirty, as a block is from the rows before.
    new Uint8Array(laid.buffer, address, after + 64 - address).fill(77)
    instance.exports['encode'](rows.length)
    const tail = new Uint8Array(laid.buffer, after, 64)
    if (!tail.every((byte) => byte === 77)) throw new Error('the encoder wrote past its block')
    const block = new arrays[element](laid.buffer, address, elements)
    return rows.map((_, r) => columns.map((__, c) => block[order === 'rows' ? r * pitch + c : c * pitch + r]))
  }
}
