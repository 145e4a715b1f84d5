// The simulated leads that stay or leave are what their simulator says: learnable from the row, and by no single feature.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { churnPredictorFeatures } from '../../src/resilience/crm-rules/model-features.ts'
import { bestReachable, bestThresholdAccuracy, meanOf, readSimulatedRows } from '../helpers/simulated-rows.ts'

const read = (file: string): string =>
  readFileSync(new URL(`../../models/churn_predictor_v2/${file}`, import.meta.url), 'utf8')
const { names: columns, rows } = readSimulatedRows('churn_predictor_v2', 'churn.csv')
const valueOf = (row: readonly number[], name: string): number => row[columns.indexOf(name)]
const judged = rows.filter((row) => valueOf(row, 'horizon_days') === 14)
const churned = judged.map((row) => valueOf(row, 'churned'))
const probability = judged.map((row) => valueOf(row, 'true_probability'))

it('has the features of the model, in their order, and no other column but lead, day and the truth', () => {
  expect(columns).toEqual(['lead', 'day', ...churnPredictorFeatures, 'true_probability', 'churned'])
  expect(rows.every((row) => row.length === columns.length && row.every(Number.isFinite))).toBe(true)
})

it('stays within the ranges that service.json tells', () => {
  const { schema } = JSON.parse(read('service.json')) as {
    schema: { features: { name: string; range: [number, number] }[] }
  }
  for (const { name, range } of schema.features) {
    const values = rows.map((row) => valueOf(row, name))
    expect([name, Math.min(...values) >= range[0], Math.max(...values) <= range[1]]).toEqual([name, true, true])
  }
})

describe('a lead', () => {
  const leads = Array.from({ length: rows.length / 3 }, (_, lead) => rows.slice(3 * lead, 3 * lead + 3))

  it('is seen on one day, at three horizons, and differs by nothing else but its truth', () => {
    for (const [lead, three] of leads.entries()) {
      expect(three.map((row) => valueOf(row, 'horizon_days'))).toEqual([7, 14, 30])
      const rest = three.map((row) =>
        row.filter((_, i) => !['horizon_days', 'true_probability', 'churned'].includes(columns[i])),
      )
      expect(rest[1]).toEqual(rest[0])
      expect(rest[2]).toEqual(rest[0])
      expect(rest[0][0]).toBe(lead)
    }
  })

  it('is never less likely to be lost within more days, nor back once it is lost', () => {
    for (const name of ['true_probability', 'churned'])
      for (const three of leads) {
        const [near, middle, far] = three.map((row) => valueOf(row, name))
        expect(near <= middle && middle <= far).toBe(true)
      }
  })
})

it('can be learnt to 94 to 95 % from the 14-day row, and the labels were drawn by its probabilities', () => {
  const { best, deviation } = bestReachable(probability, churned)
  expect(best).toBeGreaterThan(0.94)
  expect(best).toBeLessThan(0.95)
  expect(deviation).toBeLessThan(3)
})

it('loses between 35 and 45 % of its leads within 14 days', () => {
  expect(meanOf(churned)).toBeGreaterThan(0.35)
  expect(meanOf(churned)).toBeLessThan(0.45)
})

it.each(churnPredictorFeatures)('is not told by a threshold of %s alone', (feature) => {
  const values = judged.map((row) => valueOf(row, feature))
  expect(bestThresholdAccuracy(values, churned)).toBeLessThan(0.88)
})
