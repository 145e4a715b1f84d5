// The stored models of scikit-learn 1.9 on TensorFlow's own kernels, in a process of their own, as wasm is asked for them.
import { afterAll, beforeEach } from 'vitest'
import { closeBackends } from '../../../src/runtime/process-candidates.ts'
import { useNativeCache } from '../../helpers/native-cache.ts'
import { describeGoldenArtifacts, hasGraphOfItsOwn, servedOn } from '../../suites/golden-artifacts.ts'

const reason = await useNativeCache()
beforeEach(({ skip }) => skip(reason !== undefined, reason))
afterAll(closeBackends)

describeGoldenArtifacts('1.9', ['none', 'uint8'], servedOn('native'), { only: hasGraphOfItsOwn })
