// How large are artifacts? Source file, its weights as plain float32, and what convert writes, against the promised ratios.

import { existsSync, readFileSync } from 'node:fs'
import { convertModel } from 'tfjs-serving/converters'
import { printMachine, printTable } from './harness.mjs'

const root = new URL('../', import.meta.url)
const models = {
  telco_churn: 'models/telco_churn',
  credit_risk: 'models/credit_risk',
  'GradientBoosting, 1.9': 'test/golden/sklearn/1.9/gradient_boosting_classifier_large',
  'RandomForest, 1.9': 'test/golden/sklearn/1.9/random_forest_classifier_large',
  'HistGradientBoosting, 1.9': 'test/golden/sklearn/1.9/hist_gradient_boosting_classifier_large',
  'MLP 20-64-32-1, 1.9': 'test/golden/sklearn/1.9/mlp_classifier_20_64_32_1',
  'MLP 30-100-50-3, 1.9': 'test/golden/sklearn/1.9/mlp_classifier_30_100_50_3',
  'LogisticRegression 64x10, 1.9': 'test/golden/sklearn/1.9/logistic_regression_digits',
}

printMachine()
const table = []
for (const [title, path] of Object.entries(models)) {
  const file = ['model.joblib', 'model.pkl'].find((name) => existsSync(new URL(`${path}/${name}`, root)))
  if (file === undefined) throw new Error(`${path} holds no model`)
  const bytes = new Uint8Array(readFileSync(new URL(`${path}/${file}`, root)))
  const golden = JSON.parse(
    readFileSync(new URL(`${path}/${path.startsWith('models') ? 'heldout' : 'golden'}.json`, root)),
  )
  const { rows, expected } = golden
  const { report } = await convertModel({ [file]: bytes }, { golden: { rows, expected } })
  const { source, float32, weights, artifact, ratio, promisedRatio } = report.bytes
  const { labelFlips, largest } = report.parity
  table.push([
    title,
    source.toLocaleString('en'),
    float32.toLocaleString('en'),
    weights.toLocaleString('en'),
    artifact.toLocaleString('en'),
    ratio.toFixed(2),
    promisedRatio ?? '–',
    (artifact / source).toFixed(2),
    (largest.probability ?? largest.value).toExponential(1),
    labelFlips,
  ])
}
printTable(
  ['model', 'source', 'float32', 'weights', 'artifact', 'ratio', 'at most', 'artifact/source', 'largest Δp', 'flips'],
  table,
)
