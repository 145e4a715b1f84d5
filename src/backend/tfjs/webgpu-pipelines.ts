// Work for the device in, its shaders compiled before it is done out; and the pool of buffers that it leaves behind, emptied.

import type { Tfjs } from './tfjs-engine.ts'
import type { WebgpuKernelBackend } from './webgpu-program.ts'

/**
 * Compiles at once, on threads of the device, what `work` would use; nothing is computed. TensorFlow.js keeps promises
 * among its pipelines meanwhile and refuses to run with one, so they are kept apart until they are all there.
 */
export async function compileAhead(tf: Tfjs, backend: WebgpuKernelBackend, work: () => void): Promise<void> {
  const known = backend.pipelineCache
  const found = Object.create(known) as Record<string, object>
  backend.pipelineCache = found
  tf.env().set('WEBGPU_ENGINE_COMPILE_ONLY', true)
  try {
    work()
  } finally {
    tf.env().set('WEBGPU_ENGINE_COMPILE_ONLY', false)
    backend.pipelineCache = known
    // uploads of weights are only recorded
    backend.endComputePassEncoder()
    if (backend.commandEncoder !== null) backend.submitQueue()
  }
  await Promise.all(
    Object.entries(found).map(async ([key, pipeline]) => {
      const compiled = await (pipeline as Promise<object>)
      known[key] ??= compiled
    }),
  )
}

/**
 * Numbers of rows to run, ascending: shaders differ and buffers are pooled by exact size, so there are few of them. One row
 * alone would need shaders of its own (a size of 1 is broadcast), and so would 16 and 32 (products in tiles of 32 rows);
 * eight rows or 64 take a GPU as long as these. None is above 32,768: y and z of a dispatch end at 65,535.
 */
export function runSizes(most: number): readonly number[] {
  const largest = 2 ** Math.floor(Math.log2(Math.min(most, 32_768)))
  const sizes = [8, 64]
  for (let size = 128; size < largest; size *= 2) sizes.push(size)
  return [...sizes.filter((size) => size < largest), largest]
}

/**
 * Gives back the buffers that nothing uses, where they hold more than `limitBytes`; later, where commands wait that may
 * still name them.
 */
export function trimPool({ bufferManager: pool, commandEncoder }: WebgpuKernelBackend, limitBytes: number): void {
  if (commandEncoder !== null || pool.numBytesAllocated - pool.numBytesUsed <= limitBytes) return
  for (const buffers of pool.freeBuffers.values())
    for (const buffer of buffers.splice(0)) {
      pool.numFreeBuffers--
      pool.numBytesAllocated -= buffer.size
      buffer.destroy()
    }
}
