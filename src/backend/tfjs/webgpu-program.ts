// TensorFlow.js' WebGPU backend as a type: what our kernels, compilation ahead and memory limits use of 4.22.0.

import type { KernelBackend, TensorInfo } from '@tensorflow/tfjs-core'
import type { GpuAdapterInfo } from './webgpu-adapter.ts'
import type { GpuDevice } from './webgpu-device.ts'

/** What tfjs-backend-webgpu exports. */
export type WebgpuPackage = {
  readonly WebGPUBackend: new (device: GpuDevice, info: GpuAdapterInfo) => WebgpuKernelBackend
}

export type WebgpuKernelBackend = KernelBackend & {
  /** `dtype` is what lies on the device: a cast from int32 to float32 leaves int32 there. */
  readonly tensorMap: { get(dataId: object): { readonly dtype: string } }
  /** Pipelines by program, ranks, dtypes and which sizes are equal (webgpu_program.ts, makeShaderKey). */
  pipelineCache: Record<string, object>
  /** Work that is recorded and not submitted. */
  readonly commandEncoder: object | null
  readonly bufferManager: BufferPool
  endComputePassEncoder(): void
  submitQueue(): void
  runWebGPUProgram(
    program: WebgpuProgram,
    inputs: readonly TensorInfo[],
    dtype: string,
    uniforms?: readonly { readonly type: 'int32' | 'float32'; readonly data: number[] }[],
  ): TensorInfo
}

/** Buffers of tensors that are gone wait here for one of the very same size; 4.22.0 never gives any back. */
export type BufferPool = {
  readonly freeBuffers: Map<string, { readonly size: number; destroy(): void }[]>
  numFreeBuffers: number
  numBytesUsed: number
  numBytesAllocated: number
}

/** One compute shader, as webgpu_program.ts wants it: a thread for each element of the output. */
export type WebgpuProgram = {
  readonly variableNames: readonly string[]
  readonly outputShape: readonly number[]
  readonly dispatchLayout: { readonly x: readonly number[] }
  readonly dispatch: readonly [number, number, number]
  readonly workgroupSize: readonly [number, number, number]
  /** Declarations of the uniforms besides shapes and strides. */
  readonly uniforms: string
  /** True: `uniforms.size` is the number of elements. */
  readonly size: true
  readonly shaderKey: string
  getUserCode(): string
}

const threadsPerGroup = 64

/** `body` is WGSL that writes `result[index]`; everything that its text depends on must be in `key`. */
export function elementwiseProgram(
  outputShape: readonly number[],
  code: { readonly key: string; readonly inputs: readonly string[]; readonly uniforms?: string; readonly body: string },
): WebgpuProgram {
  const elements = outputShape.reduce((product, size) => product * size, 1)
  return {
    variableNames: code.inputs,
    outputShape,
    dispatchLayout: { x: outputShape.map((_, axis) => axis) },
    dispatch: [Math.ceil(elements / threadsPerGroup), 1, 1],
    workgroupSize: [threadsPerGroup, 1, 1],
    uniforms: code.uniforms ?? '',
    size: true,
    shaderKey: `tfjs-serving ${code.key}`,
    getUserCode: () => `
      fn main(index : i32) {
        if (index < uniforms.size) {
          ${code.body}
        }
      }`,
  }
}
