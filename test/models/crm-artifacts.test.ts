// The committed artifacts of the five CRM models, loaded as a user loads them: what they reach on held-out rows, and what explains them.
import { readFileSync } from 'node:fs'
import { beforeAll, afterAll, describe, expect, test } from 'vitest'
import { isPrediction, type ModelPredictor } from '../../src/runtime/predictor.ts'
import { loadModel } from '../../src/runtime/load-model.ts'
import type { Prediction } from '../../src/rows/prediction.ts'
import { bestThresholdAccuracy } from '../helpers/simulated-rows.ts'

type Model = { readonly floor: number; readonly version: string; readonly threshold: number; readonly method: string }

/** The specification's floors, and where each answer turns from no to yes. */
const models: Readonly<Record<string, Model>> = {
  lead_scorer_v2: { floor: 0.95, version: '2.1.0', threshold: 50, method: 'shapley' },
  property_matcher_v3: { floor: 0.88, version: '3.0.0', threshold: 0.5, method: 'tree-shap' },
  churn_predictor_v2: { floor: 0.92, version: '2.0.0', threshold: 0.5, method: 'tree-shap' },
  property_interest_predictor_v2: { floor: 0.85, version: '2.0.0', threshold: 0.5, method: 'tree-shap' },
  viewing_probability_predictor_v2: { floor: 0.82, version: '2.0.0', threshold: 0.5, method: 'tree-shap' },
}

/** No set of rows may be told apart by one feature: the model is at least so much better than the best of them. */
const leastGain = 0.04

const folder = new URL('../../models/', import.meta.url)

describe.each(Object.entries(models))('%s', (name, { floor, version, threshold, method }) => {
  const { rows, truth } = JSON.parse(readFileSync(new URL(`${name}/heldout.json`, folder), 'utf8')) as {
    readonly rows: readonly (readonly (number | null)[])[]
    readonly truth: readonly number[]
  }
  // labels are 0 and 1, and a score's 0 and 100
  const yes = truth.map((label) => Number(label > 0))
  let model: ModelPredictor
  let accuracy: number

  beforeAll(async () => {
    model = await loadModel(new URL(`${name}/versions/${version}`, folder).pathname, { caching: false })
    const answers = (await model.predictBatch(rows)).map((answer) => {
      if (!isPrediction(answer)) throw answer
      expect(answer).toMatchObject({ source: 'model', version })
      return Number(numberOf(answer) >= threshold)
    })
    accuracy = answers.filter((answer, row) => answer === yes[row]).length / rows.length
  })
  afterAll(() => model.close())

  test('reaches its floor on rows that it was not trained on, with weights or leaf values of 8 or 16 bits', () => {
    const metadata = readFileSync(new URL(`${name}/versions/${version}/model.json`, folder), 'utf8')
    const weights = [...metadata.matchAll(/"role":"(?:dense|leaf)"[^}]*?"encoding":"(\w+)"/g)].map(([, kind]) => kind)
    expect(weights.length).toBeGreaterThan(0)
    for (const kind of weights) expect(['uint8', 'uint16']).toContain(kind)
    expect(rows.length).toBeGreaterThan(1000)
    expect(accuracy).toBeGreaterThanOrEqual(floor)
  })

  test('is no threshold of one feature', () => {
    const features = model.schema?.features ?? []
    expect(features).toHaveLength(rows[0].length)
    for (const [column] of features.entries())
      for (const missing of [-Infinity, Infinity]) {
        const values = rows.map((row) => row[column] ?? missing)
        expect(bestThresholdAccuracy(values, yes)).toBeLessThan(accuracy - leastGain)
      }
  })

  test('is explained by parts that add up to its own answer within 1e-5', async () => {
    const step = Math.floor(rows.length / 64)
    // a score of 0 to 100 is a hundred of 0 to 1
    const unit = threshold === 50 ? 100 : 1
    for (let row = 0; row < rows.length; row += step) {
      const explanation = await model.explain(rows[row])
      const answer = await model.predict(rows[row])
      const raw = answer.probabilities === undefined ? numberOf(answer) : Math.log(oddsOf(answer))
      const sum = explanation.contributions.reduce((all, { contribution }) => all + contribution, explanation.base)
      expect(explanation.method).toBe(method)
      expect(Math.abs(sum - explanation.margin)).toBeLessThan(1e-5)
      expect(Math.abs(sum - raw) / unit).toBeLessThan(1e-5)
    }
  })
})

function numberOf({ value, probabilities }: Prediction): number {
  return Number(value ?? probabilities?.[1])
}

function oddsOf({ probabilities = [] }: Prediction): number {
  const [no, yes] = probabilities.map(Number)
  return yes / no
}
