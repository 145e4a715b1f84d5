// The simulated leads are what their simulator says: learnable from the row, and by no single feature.
import { expect, it } from 'vitest'
import { leadScorerFeatures } from '../../src/resilience/crm-rules/model-features.ts'
import { bestReachable, bestThresholdAccuracy, meanOf, readSimulatedRows } from '../helpers/simulated-rows.ts'

const { names: columns, rows } = readSimulatedRows('lead_scorer_v2', 'leads.csv')
const columnOf = (name: string): number[] => rows.map((row) => row[columns.indexOf(name)])

const hot = columnOf('hot')
const probability = columnOf('true_probability')

it('has the features of the model, in their order, and no other column but the lead and its truth', () => {
  expect(columns).toEqual(['lead', ...leadScorerFeatures, 'true_probability', 'hot'])
  expect(rows.every((row) => row.length === columns.length && row.every(Number.isFinite))).toBe(true)
})

it('can be learnt to 96.5 to 98 % from the row, and the labels were drawn by its probabilities', () => {
  const { best, deviation } = bestReachable(probability, hot)
  expect(best).toBeGreaterThan(0.965)
  expect(best).toBeLessThan(0.98)
  expect(deviation).toBeLessThan(3)
})

it('has between 30 and 45 % hot leads', () => {
  expect(meanOf(hot)).toBeGreaterThan(0.3)
  expect(meanOf(hot)).toBeLessThan(0.45)
})

it.each(leadScorerFeatures)('is not told by a threshold of %s alone', (feature) => {
  expect(bestThresholdAccuracy(columnOf(feature), hot)).toBeLessThan(0.87)
})
