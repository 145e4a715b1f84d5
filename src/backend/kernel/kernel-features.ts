// What the realm's WebAssembly can do, found by asking it to accept a module of one instruction.

import { f32x4, v128 } from './wasm/vector-instructions.ts'
import { WasmModule } from './wasm/wasm-module.ts'
import { findWebAssembly } from './wasm/web-assembly.ts'

export type KernelFeatures = {
  readonly simd: boolean
  /** Fused multiply-add, where the processor has it; in Node from 22 on. */
  readonly relaxedSimd: boolean
}

export function detectKernelFeatures(webAssembly = findWebAssembly()): KernelFeatures {
  if (webAssembly === undefined) return { simd: false, relaxedSimd: false }
  const accepts = (write: Parameters<WasmModule['addFunction']>[1]): boolean => {
    const module = new WasmModule()
    module.addFunction({ params: [], result: 'v128' }, write)
    return webAssembly.validate(module.toBytes())
  }
  const zero = v128.const(new Array<number>(16).fill(0))
  return {
    simd: accepts(() => f32x4.add(zero, zero)),
    relaxedSimd: accepts(() => f32x4.relaxedMadd(zero, zero, zero)),
  }
}
