// Evaluation rows with and without the source's own answers in; accuracy before, between and after converting out.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { convertModel, printReport } from '../../converters/index.ts'

const pathOf = (name: string) => new URL(`../golden/sklearn/1.9/${name}`, import.meta.url).pathname
const contentOf = (name: string) =>
  JSON.parse(readFileSync(pathOf(`${name}/golden.json`), 'utf8')) as {
    readonly rows: readonly unknown[]
    readonly expected: { readonly predict: readonly (string | number)[]; readonly predict_proba: readonly number[][] }
  }
const trees = pathOf('gradient_boosting_classifier/model.joblib')
const { rows, expected } = contentOf('gradient_boosting_classifier')
const truth = expected.predict

/** The source's answers, two of them swapped for each other's: a source that a model cannot be the same as. */
const [other] = truth.filter((label) => label !== truth[0])
const misled = truth.map((label, row) => (row < 2 ? (label === truth[0] ? other : truth[0]) : label))

test('measures the source by its own answers where the rows bring them', async () => {
  const { report } = await convertModel(trees, { evaluation: { rows, truth, expected: { predict: misled } } })
  expect(report.evaluation).toMatchObject({
    source: { accuracy: (rows.length - 2) / rows.length },
    against: 'source',
    float32: { accuracy: 1 },
    artifact: { accuracy: 1 },
    flips: { float32: { labelFlips: 2, tieFlips: 0 }, artifact: { labelFlips: 2, tieFlips: 0 } },
  })
  expect(report.comparisons).toMatchObject([{ set: 'evaluation', against: 'source', labelFlips: 2 }])
})

test('takes the answers of golden rows for evaluation rows that are the same', async () => {
  const { report } = await convertModel(trees, { golden: { rows, expected }, evaluation: { rows, truth } })
  expect(report.evaluation).toMatchObject({ against: 'source', source: { accuracy: 1 } })
  expect(report.comparisons.map(({ set }) => set)).toEqual(['golden'])
})

test('measures the source by its tables where its own answers say no label', async () => {
  const { predict_proba } = expected
  const { report } = await convertModel(trees, { evaluation: { rows, truth, expected: { predict_proba } } })
  expect(report.evaluation?.against).toBe('tables')
})

test('compares calibration rows that are not among the others', async () => {
  const options = { calibration: { rows: rows.slice(1) }, evaluation: { rows, truth } }
  const { report } = await convertModel(trees, options)
  expect(report.comparisons).toMatchObject([
    { set: 'evaluation', against: 'tables', rowCount: rows.length, labelFlips: 0 },
    { set: 'calibration', against: 'tables', rowCount: rows.length - 1, labelFlips: 0 },
  ])
})

test('tells rounding from what float32 costs', async () => {
  const given = contentOf('mlp_regressor_relu')
  const evaluation = { rows: given.rows, truth: given.expected.predict, expected: given.expected }
  const { report } = await convertModel(pathOf('mlp_regressor_relu/model.joblib'), { evaluation })
  const { source, float32, artifact, flips } = report.evaluation ?? {}
  expect(source?.rmse).toBe(0)
  expect(float32?.rmse).toBeGreaterThan(0)
  expect(artifact?.rmse).toBeGreaterThan(10 * (float32?.rmse ?? NaN))
  expect(flips).toBeNull()
  expect(printReport(report)).toMatch(/evaluation rows +rmse +r2\nsource, own answers +0 +1\.0000\nfloat32 graph +/)
})

test('measures the artifact itself as the float32 graph where nothing is quantized', async () => {
  const { report } = await convertModel(trees, { quantize: 'none', evaluation: { rows, truth } })
  expect(report.evaluation?.float32).toEqual(report.evaluation?.artifact)
})

test('refuses answers of the source that do not fit', async () => {
  const evaluation = { rows, truth, expected: { predict: truth.slice(1) } }
  await expect(convertModel(trees, { evaluation })).rejects.toMatchObject({ code: 'INPUT_INVALID' })
})
