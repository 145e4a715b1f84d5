import { describeGoldenArtifacts } from '../../suites/golden-artifacts.ts'

describeGoldenArtifacts('1.2', ['none'])
