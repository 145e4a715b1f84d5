// Golden answers that the model never gave: convertModel refuses to hand over an artifact, and says by how much it is off.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { convertModel } from '../../../converters/index.ts'

type Heldout = { rows: object[]; expected: { predict: string[]; predict_proba: number[][] } }

const folder = new URL('../../../models/telco_churn/', import.meta.url)
const files = { 'model.joblib': new Uint8Array(readFileSync(new URL('model.joblib', folder))) }
const heldout = JSON.parse(readFileSync(new URL('heldout.json', folder), 'utf8')) as Heldout
const rows = heldout.rows.slice(0, 4)
const probabilities = heldout.expected.predict_proba.slice(0, 4)

const convert = (predictProba: number[][]) =>
  convertModel(files, { backend: 'cpu', golden: { rows, expected: { predict_proba: predictProba } } })

test('accepts the answers of scikit-learn', async () => {
  await expect(convert(probabilities)).resolves.toMatchObject({ report: { source: { framework: 'scikit-learn' } } })
})

test('throws PARITY_FAILED with the report for one row that is off by more than the tolerance', async () => {
  const wrong = probabilities.map(([no = 0, yes = 0], row) => (row === 2 ? [no - 0.1, yes + 0.1] : [no, yes]))
  await expect(convert(wrong)).rejects.toMatchObject({
    name: 'ConversionError',
    code: 'PARITY_FAILED',
    details: { report: { name: expect.any(String) as string } },
  })
})

test('says by what the worst row differs, and of its label where it has one', async () => {
  const predict = heldout.expected.predict.slice(0, 4)
  const other = predict.map((label, row) => (row === 1 ? (label === 'no' ? 'yes' : 'no') : label))
  const golden = { rows, expected: { predict: other } }
  await expect(convertModel(files, { backend: 'cpu', golden })).rejects.toThrow(
    'golden row 1 differs in its label. Check',
  )
})
