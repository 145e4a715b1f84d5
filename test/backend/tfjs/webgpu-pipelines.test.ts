// The numbers of rows that WebGPU runs, and the pool of buffers that it leaves.
import { expect, test } from 'vitest'
import { runSizes, trimPool } from '../../../src/backend/tfjs/webgpu-pipelines.ts'
import type { BufferPool, WebgpuKernelBackend } from '../../../src/backend/tfjs/webgpu-program.ts'

test.each([
  [1, [1]],
  [7, [4]],
  [8, [8]],
  [63, [8, 32]],
  [100, [8, 64]],
  [1000, [8, 64, 128, 256, 512]],
])('runs at most %d rows at the sizes %j', (most, sizes) => expect(runSizes(most)).toEqual(sizes))

test('never runs so many rows that a dispatch of one row a workgroup is too long', () => {
  expect(runSizes(1 << 24).at(-1)).toBe(32_768)
})

test('gives back the buffers that nothing uses, where they hold more than the limit', () => {
  const destroyed: number[] = []
  const buffer = (size: number) => ({ size, destroy: () => void destroyed.push(size) })
  const bufferManager: BufferPool = {
    freeBuffers: new Map([
      ['a', [buffer(100), buffer(100)]],
      ['b', [buffer(50)]],
    ]),
    numFreeBuffers: 3,
    numBytesUsed: 1000,
    numBytesAllocated: 1250,
  }
  const backend = { bufferManager, commandEncoder: null } as WebgpuKernelBackend
  trimPool(backend, 250)
  trimPool({ bufferManager, commandEncoder: {} } as WebgpuKernelBackend, 0)
  expect(destroyed).toEqual([])
  trimPool(backend, 249)
  expect(destroyed).toEqual([100, 100, 50])
  expect(bufferManager).toMatchObject({ numFreeBuffers: 0, numBytesUsed: 1000, numBytesAllocated: 1000 })
  // the keys stay: releaseBuffer of 4.22.0 looks them up
  expect([...bufferManager.freeBuffers]).toEqual([
    ['a', []],
    ['b', []],
  ])
})
