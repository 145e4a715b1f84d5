// The backend contract on WebGPU, with SwiftShader in the place of a GPU.
import { describe } from 'vitest'
import { createWebgpuBackend } from '../../../src/backend/tfjs/webgpu.ts'
import { whyNoSwiftshader } from '../../helpers/swiftshader.ts'
import { describeBackend } from '../../suites/backend-contract.ts'

describe.skipIf(whyNoSwiftshader() !== undefined)('on SwiftShader', () => {
  const backend = createWebgpuBackend({ adapter: 'software' }, (reason) => {
    throw new Error(reason)
  })
  describeBackend('webgpu', async () => backend, { sizes: 'few' })
})
