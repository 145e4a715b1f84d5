// Tables and buffers of one kernel in, their addresses in its linear memory out; nothing is allocated after that.

import { createError } from '../../errors.ts'
import { findWebAssembly, type WasmMemory } from './wasm/web-assembly.ts'

const pageByteLength = 65_536

/** Vectors may be loaded a little past the end of a table. */
const slackByteLength = 64

/** Half of what 32-bit addresses reach: signed arithmetic on addresses stays right. */
const maxByteLength = 2 ** 31

export type TableValues =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array

export class KernelMemory {
  readonly #tables: { readonly address: number; readonly values: TableValues }[] = []
  /** Address 0 stays free, so that no table is there by mistake. */
  #end = 64

  get byteLength(): number {
    return this.#end + slackByteLength
  }

  /**
   * Room for scratch values, 64-byte aligned; zeros at first.
   * @throws LIMIT_EXCEEDED
   */
  reserve(byteLength: number): number {
    const address = Math.ceil(this.#end / 64) * 64
    if (address + byteLength + slackByteLength > maxByteLength)
      throw createError(
        'LIMIT_EXCEEDED',
        `a kernel may use ${maxByteLength} bytes, and this model needs more; serve it from its graph`,
      )
    this.#end = address + byteLength
    return address
  }

  /** Room for constants, which are there before the first run. */
  table(values: TableValues): number {
    const address = this.reserve(values.byteLength)
    this.#tables.push({ address, values })
    return address
  }

  /**
   * The memory with its tables laid in.
   * @throws OUT_OF_MEMORY, BACKEND_UNAVAILABLE
   */
  allocate(): WasmMemory {
    const webAssembly = findWebAssembly()
    if (webAssembly === undefined) throw createError('BACKEND_UNAVAILABLE', 'this realm has no WebAssembly')
    const memory = memoryOf(webAssembly, Math.ceil(this.byteLength / pageByteLength))
    for (const { address, values } of this.#tables)
      new Uint8Array(memory.buffer).set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), address)
    return memory
  }
}

function memoryOf({ Memory }: NonNullable<ReturnType<typeof findWebAssembly>>, pages: number): WasmMemory {
  try {
    return new Memory({ initial: pages, maximum: pages })
  } catch (cause) {
    throw createError(
      'OUT_OF_MEMORY',
      `the realm has no ${pages * pageByteLength} bytes for a kernel's memory; serve the model from its graph, or fewer models`,
      { cause },
    )
  }
}
