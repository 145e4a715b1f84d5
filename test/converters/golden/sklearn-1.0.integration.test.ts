import { describeGoldenArtifacts, servedOn } from '../../suites/golden-artifacts.ts'
import { andOnKernels } from '../../suites/kernel-check.ts'

describeGoldenArtifacts('1.0', ['none'], andOnKernels(servedOn('wasm'), 'one in five'))
