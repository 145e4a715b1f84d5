// What the WebGPU engine says where it cannot start: packages, adapter, device.
import { expect, test } from 'vitest'
import * as tf from '@tensorflow/tfjs-core'
import type { Dawn } from '../../../src/backend/tfjs/webgpu-adapter.ts'
import { createWebgpuEngine, type WebgpuPackages } from '../../../src/backend/tfjs/webgpu-engine.ts'
import type { WebgpuPackage } from '../../../src/backend/tfjs/webgpu-program.ts'

const remedy = 'npm install webgpu@0.6.2 @tensorflow/tfjs-backend-webgpu@4.22.0'
const dawn: Dawn = {
  globals: {},
  create: (options) => ({
    async requestAdapter() {
      if (options[0]?.startsWith('adapter=') === true) throw new Error(" * backend: 'vulkan', name: 'Card'")
      return {
        info: { vendor: '', architecture: '', device: '', description: '' },
        limits: { maxBufferSize: 1 },
        requestDevice: () => Promise.reject(new Error('the driver is too old')),
      }
    },
  }),
}
const working: WebgpuPackages = {
  webgpu: async () => dawn,
  '@tensorflow/tfjs-backend-webgpu': async () => ({}) as WebgpuPackage,
}

const register = (packages: WebgpuPackages) =>
  createWebgpuEngine(undefined, () => expect.unreachable(), packages).register(tf)

test.each(['webgpu', '@tensorflow/tfjs-backend-webgpu'] as const)('names %s where it is missing', async (name) => {
  const missing = () => Promise.reject(new Error(`Cannot find package '${name}'`))
  await expect(register({ ...working, [name]: missing })).rejects.toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
    message: expect.stringMatching(`package ${name} could not be imported.*${remedy}`) as unknown,
    details: { package: name, remedy },
  })
})

test('says what an adapter answers that gives no device', async () => {
  await expect(register(working)).rejects.toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
    message: 'WebGPU adapter Card gave no device: the driver is too old; update its driver',
  })
})
