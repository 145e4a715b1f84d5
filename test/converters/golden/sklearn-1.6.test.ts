import { describeGoldenArtifacts } from '../../suites/golden-artifacts.ts'

describeGoldenArtifacts('1.6', ['none'])
