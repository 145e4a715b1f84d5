// Rows of leads of which all, some and nothing is known, and rows that cannot be.
import { describe, expect, test } from 'vitest'
import {
  churnCompleteness,
  churnRow,
  engagementOf,
  isAnswered,
  leadScorerRow,
  scoringCompleteness,
} from '../../src/crm/lead-features.ts'
import { crmModelFeatures } from '../../src/resilience/crm-rules/model-features.ts'
import { busyActivity, knownLead } from '../helpers/crm-scene.ts'

test('makes rows of the features of the models, in their order', () => {
  expect(Object.keys(leadScorerRow(knownLead))).toEqual(crmModelFeatures.lead_scorer_v2)
  expect(Object.keys(churnRow(knownLead, 7))).toEqual(crmModelFeatures.churn_predictor_v2)
})

test('takes what is known as it is', () => {
  expect(Object.values(churnRow(knownLead, 30))).toEqual([
    30, 3, 5, 8, 10, 0.6, 0.7, 0.8, -0.2, 6, 4, 1, 2, 0.5, 12, 0, 1, 0.5, 0.25, 1,
  ])
})

test('takes the defaults of the original engine for what is not known', () => {
  expect(Object.values(churnRow({ id: 'new' }, 14))).toEqual([
    14, 7, 1, 2, 4, 0.5, 0.5, 0.5, 0, 5, 3, 2, 1, 0.1, 3, 0, 0, 0.3, 0.4, 0.6,
  ])
  expect(Object.values(leadScorerRow({ id: 'new' }))).toEqual([0, 0, 0, 0, 0, 0, 0, expect.closeTo(36.6667, 3), 0.5, 3])
})

test('caps idle and stagnant days at 30', () => {
  const activity = { daysSinceLastInteraction: 400, stageStagnationDays: 31 }
  expect(churnRow({ id: 'old', activity }, 7)).toMatchObject({
    days_since_last_interaction: 30,
    stage_stagnation_days: 30,
  })
})

describe('engagement', () => {
  test('is the mean of four shares of plenty', () => {
    // 10/20, 10/5 days ÷ 5, 5/10 and 1 − 3/30
    expect(engagementOf(knownLead)).toBeCloseTo((0.5 + 0.4 + 0.5 + 0.9) / 4, 12)
    const most = { interactions30d: 900, activeDays30d: 30, propertyViews30d: 90, daysSinceLastInteraction: 0 }
    expect(engagementOf({ id: 'most', activity: most })).toBe(1)
    const none = { interactions30d: 0, activeDays30d: 0, propertyViews30d: 0, daysSinceLastInteraction: 99 }
    expect(engagementOf({ id: 'none', activity: none })).toBe(0)
  })

  test('is what was told where it was told', () => {
    expect(engagementOf({ id: 'told', activity: { ...busyActivity, engagement: 0.9 } })).toBe(0.9)
  })
})

test.each([
  [undefined, false],
  [null, false],
  ['', false],
  ['  ', false],
  [[], false],
  [NaN, false],
  [false, true],
  [0, true],
  ['no', true],
  [['garage'], true],
  [{}, true],
])('an answer of %j counts: %s', (answer, counts) => expect(isAnswered(answer)).toBe(counts))

test('says which share of the inputs is known', () => {
  expect([scoringCompleteness({ id: 'new' }), churnCompleteness({ id: 'new' })]).toEqual([0, 0])
  expect(churnCompleteness(knownLead)).toBe(1)
  expect(scoringCompleteness(knownLead)).toBe(0.6)
  expect(
    churnCompleteness({ id: 'a', activity: { engagement: 1, propertyViews30d: 1, smsResponseRate: 0 } }),
  ).toBeCloseTo(1 / 19, 12)
})

describe('refuses, naming lead and field,', () => {
  test.each([
    ['interactions7d', -1],
    ['responseRate14d', 1.01],
    ['engagementTrend', -1.5],
    ['daysSinceLastInteraction', Infinity],
    ['qualificationChange', -Infinity],
    ['sessionMinutesAvg', NaN],
    ['callPickupRate', '0.5'],
    ['savedProperties', {}],
  ])('an activity.%s of %s', (field, value) => {
    const lead = { id: 'lead-9', activity: { [field]: value } }
    expect(() => churnRow(lead, 7)).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID', details: { lead: 'lead-9', field } }),
    )
  })
})
