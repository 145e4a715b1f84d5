// The simulated leads are what their simulator says: learnable from the row, and by no single feature.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { leadScorerFeatures } from '../../src/resilience/crm-rules/model-features.ts'

const text = readFileSync(new URL('../../models/lead_scorer_v2/data/leads.csv', import.meta.url), 'utf8')
const [header, ...lines] = text.trim().split('\n')
const columns = header.split(',')
const rows = lines.map((line) => line.split(',').map(Number))
const columnOf = (name: string): number[] => rows.map((row) => row[columns.indexOf(name)])
const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

const hot = columnOf('hot')
const probability = columnOf('true_probability')

it('has the features of the model, in their order, and no other column but the lead and its truth', () => {
  expect(columns).toEqual(['lead', ...leadScorerFeatures, 'true_probability', 'hot'])
  expect(rows.every((row) => row.length === columns.length && row.every(Number.isFinite))).toBe(true)
})

it('can be learnt to 96.5 to 98 % from the row, and the labels were drawn by its probabilities', () => {
  const best = meanOf(probability.map((p) => Math.max(p, 1 - p)))
  expect(best).toBeGreaterThan(0.965)
  expect(best).toBeLessThan(0.98)
  // three standard errors of the number of labels that agree with the likelier outcome
  const agreed = meanOf(hot.map((label, row) => Number((label === 1) === probability[row] >= 0.5)))
  expect(Math.abs(agreed - best)).toBeLessThan(3 * Math.sqrt((best * (1 - best)) / rows.length))
})

it('has between 30 and 45 % hot leads', () => {
  expect(meanOf(hot)).toBeGreaterThan(0.3)
  expect(meanOf(hot)).toBeLessThan(0.45)
})

it.each(leadScorerFeatures)('is not told by a threshold of %s alone', (feature) => {
  expect(bestThresholdAccuracy(columnOf(feature))).toBeLessThan(0.87)
})

function bestThresholdAccuracy(values: readonly number[]): number {
  const order = values.map((_, row) => row).sort((a, b) => values[a] - values[b])
  let right = hot.reduce((sum, label) => sum + label, 0)
  let best = Math.max(right, hot.length - right)
  order.forEach((row, i) => {
    right += hot[row] === 1 ? -1 : 1
    const isLastOfItsValue = i === order.length - 1 || values[order[i + 1]] !== values[row]
    if (isLastOfItsValue) best = Math.max(best, right, hot.length - right)
  })
  return best / hot.length
}
