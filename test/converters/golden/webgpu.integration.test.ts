// The stored models of scikit-learn 1.9 on WebGPU, with SwiftShader in the place of a GPU, against their own answers.
import { afterAll, beforeEach } from 'vitest'
import { createWebgpuBackend } from '../../../src/backend/tfjs/webgpu.ts'
import { whyNoSwiftshader } from '../../helpers/swiftshader.ts'
import { describeGoldenArtifacts, hasGraphOfItsOwn, uncheckedOn } from '../../suites/golden-artifacts.ts'

const reason = whyNoSwiftshader()
beforeEach(({ skip }) => skip(reason !== undefined, reason))

const backend = createWebgpuBackend({ adapter: 'software' }, (loss) => {
  throw new Error(loss)
})
afterAll(() => backend.close())

describeGoldenArtifacts('1.9', ['none'], uncheckedOn(backend), { only: hasGraphOfItsOwn })
