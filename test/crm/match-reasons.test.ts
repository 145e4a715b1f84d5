// Which parts and factors are told as reasons, and in which order.
import { expect, it } from 'vitest'
import { matchFactorCount } from '../../src/crm/match-factors.ts'
import { matchParts } from '../../src/crm/match-blend.ts'
import { matchReasons } from '../../src/crm/match-reasons.ts'
import { propertyMatcherFeatures } from '../../src/resilience/crm-rules/model-features.ts'

function factors(given: Partial<Record<(typeof propertyMatcherFeatures)[number], number>>): Float64Array {
  const values = new Float64Array(matchFactorCount).fill(NaN)
  for (const [name, value] of Object.entries(given)) values[propertyMatcherFeatures.indexOf(name as 'budget')] = value
  return values
}
const parts = (behavioural: number, market: number) => matchParts({ explicit: 0.5, behavioural, market, model: NaN })

it('tells parts over their bounds, then the three weightiest good factors', () => {
  const good = factors({ parking: 1, location: 1, bedrooms: 0.95, schools: 0.92, budget: 0.89 })
  expect(matchReasons(parts(0.61, 0.71), good, 0.81)).toEqual([
    'it is like what the lead liked before (61 %)',
    'the market speaks for it now (71 %)',
    'the lead is likely to be interested (81 %)',
    'it is where the lead wants to live',
    'it has enough bedrooms',
    'the schools are excellent',
  ])
})

it('tells nothing at the bounds, nor what nobody said', () => {
  expect(matchReasons(parts(0.6, 0.7), factors({ budget: 0.5 }), 0.8)).toEqual([])
  expect(matchReasons(parts(NaN, NaN), factors({}), 0)).toEqual([])
})
