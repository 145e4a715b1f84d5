import { describeGoldenArtifacts } from '../../suites/golden-artifacts.ts'

describeGoldenArtifacts('1.9', ['none', 'uint8'])
