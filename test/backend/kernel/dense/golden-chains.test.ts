// Kernels of stored scikit-learn models answer what the regions of their artifacts do; quantized ones are asked in test/converters/golden.
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { convertModel } from '../../../../converters/index.ts'
import { readArtifact } from '../../../../src/artifact/read-artifact.ts'
import { interpret } from '../../../../src/regions/interpret.ts'
import { storedGraph } from '../../../helpers/random-regions.ts'
import { expectWithinBound } from './dense-chains.ts'
import { denseKernel } from './dense-kernel.ts'

const root = new URL('../../../golden/sklearn/1.9/', import.meta.url)

test.each([
  'linear_regression_frame',
  'logistic_regression_binary',
  'logistic_regression_multinomial',
  'logistic_regression_digits',
  'elastic_net_targets',
  'churn_logistic_regression',
  'credit_mlp_classifier',
  'mlp_classifier_20_64_32_1',
  'mlp_classifier_30_100_50_3',
  'mlp_classifier_logistic',
  'mlp_classifier_multilabel',
  'mlp_regressor_tanh',
  'mlp_regressor_targets',
])('%s', async (name) => {
  const file = ['model.joblib', 'model.pkl'].find((candidate) => existsSync(new URL(`${name}/${candidate}`, root)))!
  const bytes = new Uint8Array(readFileSync(new URL(`${name}/${file}`, root)))
  const { files } = await convertModel({ [file]: bytes }, { quantize: 'none' })
  const artifact = readArtifact(files)
  const graph = storedGraph(artifact)
  const chain = graph.regions.find((region) => region.kind === 'dense-chain')!
  const rows = artifact.metadata.check.rows.map((row) => Float64Array.from(row, (value) => value ?? NaN))
  const inputs = rows.map((row) => interpret({ regions: graph.regions, output: [...chain.inputs] }, row))
  const kernel = denseKernel(chain)
  expect(rows.length).toBeGreaterThan(0)
  const region = graph.regions.indexOf(chain)
  const output = Array.from({ length: chain.layers.at(-1)!.outputWidth }, (_, column) => ({ region, column }))
  const known = rows.filter((_, r) => inputs[r].every(Number.isFinite)).slice(0, 256)
  const raw = kernel.run(inputs.filter((row) => row.every(Number.isFinite)).slice(0, 256))
  expectWithinBound({ regions: graph.regions, output }, known, raw)
})
