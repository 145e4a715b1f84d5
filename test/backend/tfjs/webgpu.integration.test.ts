// The backend contract on WebGPU, with SwiftShader in the place of a GPU.
import { beforeEach } from 'vitest'
import { createWebgpuBackend } from '../../../src/backend/tfjs/webgpu.ts'
import { whyNoSwiftshader } from '../../helpers/swiftshader.ts'
import { describeBackend } from '../../suites/backend-contract.ts'

const reason = whyNoSwiftshader()
beforeEach(({ skip }) => skip(reason !== undefined, reason))

const backend = createWebgpuBackend({ adapter: 'software' }, (loss) => {
  throw new Error(loss)
})
describeBackend('webgpu', async () => backend, { sizes: 'few' })
