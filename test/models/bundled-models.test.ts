// The models that the package ships, as finished artifacts on wasm: every row of their data, and every double beside a split.

import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { convertModel } from '../../converters/index.ts'
import type { MLError } from '../../src/errors.ts'
import type { Prediction, Row } from '../../src/rows/prediction.ts'
import { loadModel } from '../../src/runtime/load-model.ts'
import { float32, quantized } from '../helpers/close.ts'

type Answers = { readonly predict?: readonly string[]; readonly predict_proba: readonly (readonly number[])[] }
type Splits = {
  readonly features: readonly string[]
  readonly base: readonly (readonly unknown[])[]
  /** Index into base, index of a feature, and the value it gets there. */
  readonly cases: readonly (readonly [number, number, unknown])[]
  readonly expected: Answers
}

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')

async function predict(
  model: string,
  quantize: 'none' | 'uint8',
  rowsOf: (names: readonly string[], isNumber: (name: string) => boolean) => readonly Row[],
): Promise<(Prediction | MLError)[]> {
  const source = { 'model.joblib': new Uint8Array(readFileSync(new URL(`models/${model}/model.joblib`, root))) }
  const { files } = await convertModel(source, { quantize })
  const predictor = await loadModel(files, { backend: 'wasm', caching: false })
  const features = predictor.schema?.features ?? []
  const numbers = new Set(features.filter(({ dtype }) => dtype === 'number').map(({ name }) => name))
  const rows = rowsOf(
    features.map(({ name }) => name),
    (name) => numbers.has(name),
  )
  const answers = await predictor.predictBatch(rows)
  await predictor.close()
  return answers
}

function csvRows(path: string): (names: readonly string[], isNumber: (name: string) => boolean) => Row[] {
  const records = parse<Record<string, string>>(read(path), { columns: true })
  return (names, isNumber) =>
    records.map((record) =>
      Object.fromEntries(
        names.map((name) => {
          const text = record[name]
          return [name, text === '' || text === 'NA' ? null : isNumber(name) ? Number(text) : text]
        }),
      ),
    )
}

function differences(
  quantize: 'none' | 'uint8',
  answers: readonly (Prediction | MLError)[],
  expected: Answers,
): string[] {
  const close = quantize === 'none' ? float32(1) : quantized(0.01, 1)
  expect(answers).toHaveLength(expected.predict_proba.length)
  return answers.flatMap((answer, row) => {
    if (answer instanceof Error) return [`row ${row}: ${answer.message}`]
    const [first, second] = expected.predict_proba[row]
    const isLabelRight =
      answer.label === (expected.predict?.[row] ?? (second > first ? 'yes' : 'no')) ||
      Math.abs(first - second) <= (quantize === 'none' ? 0 : 0.02)
    const isClose = (answer.probabilities as number[]).every((p, k) => close(p, expected.predict_proba[row][k]))
    return isLabelRight && isClose ? [] : [`row ${row}: ${JSON.stringify(answer)}, not ${first}, ${second}`]
  })
}

describe.each(['none', 'uint8'] as const)('quantize: %s', (quantize) => {
  it.each([
    ['telco_churn', 'mlc_churn.csv', 5000],
    ['credit_risk', 'credit_data.csv', 4454],
  ])('%s answers every row of its data as scikit-learn did', async (model, csv, rowCount) => {
    const { expected } = JSON.parse(read(`test/golden/${model}/all.json`)) as { expected: Answers }
    expect(expected.predict_proba).toHaveLength(rowCount)
    const answers = await predict(model, quantize, csvRows(`models/${model}/data/${csv}`))
    expect(differences(quantize, answers, expected)).toEqual([])
  })

  it('telco_churn answers the doubles just below, at and above every split as scikit-learn did', async () => {
    const { features, base, cases, expected } = JSON.parse(read('test/golden/telco_churn/splits.json')) as Splits
    const answers = await predict('telco_churn', quantize, (names) => {
      expect(names).toEqual(features)
      return cases.map(([row, feature, value]) => base[row].map((item, i) => (i === feature ? value : item)))
    })
    expect(cases.length).toBeGreaterThan(2000)
    expect(differences(quantize, answers, expected)).toEqual([])
  })
})
