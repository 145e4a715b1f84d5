// Unquantized, and of other versions, models are served by integration tests; `frontends/golden.test.ts` holds their regions here.
import { describeGoldenArtifacts, servedOn } from '../../suites/golden-artifacts.ts'
import { andOnKernels } from '../../suites/kernel-check.ts'

describeGoldenArtifacts('1.9', ['uint8'], andOnKernels(servedOn('wasm')))
