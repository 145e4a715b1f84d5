// The stored models of scikit-learn 1.9 on WebGPU, with SwiftShader in the place of a GPU, as wasm is asked for them.
import { afterAll, beforeEach } from 'vitest'
import { closeBackends } from '../../../src/runtime/process-candidates.ts'
import { whyNoSwiftshader } from '../../helpers/swiftshader.ts'
import { describeGoldenArtifacts } from '../../suites/golden-artifacts.ts'

const reason = whyNoSwiftshader()
beforeEach(({ skip }) => skip(reason !== undefined, reason))
afterAll(closeBackends)

describeGoldenArtifacts('1.9', ['none', 'uint8'], {
  backend: 'webgpu',
  backendOptions: { webgpu: { adapter: 'software' } },
})
