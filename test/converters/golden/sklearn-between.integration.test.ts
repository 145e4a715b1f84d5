// Of the versions between those tested in whole, the models whose files have something that no other version's have.
import { describeGoldenArtifacts, servedOn } from '../../suites/golden-artifacts.ts'

for (const version of ['1.1', '1.3', '1.4', '1.5', '1.7', '1.8'])
  describeGoldenArtifacts(version, ['none', 'uint8'], servedOn('wasm'))
