// Tiers and urgency at their bounds, and what is left of the step up by one.
import { expect, test } from 'vitest'
import { churnActionsOf, churnActions } from '../../src/crm/churn-actions.ts'
import { churnTierOf, churnUrgencyOf } from '../../src/crm/churn-risk.ts'
import { leadTierOf } from '../../src/crm/lead-tier.ts'

test.each([
  [80, 'critical'],
  [79.9, 'high'],
  [60, 'high'],
  [59.9, 'medium'],
  [30, 'medium'],
  [29.9, 'low'],
] as const)('a churn score of %s is %s', (score, tier) => expect(churnTierOf(score)).toBe(tier))

test.each([
  ['medium', { 7: 39, 14: 45, 30: 50 }, 'moderate'],
  ['medium', { 7: 40, 14: 45, 30: 50 }, 'urgent'],
  ['high', { 7: 70, 14: 70, 30: 70 }, 'immediate'],
  ['critical', { 7: 90, 14: 90, 30: 90 }, 'immediate'],
  ['low', { 7: 29, 14: 29, 30: 29 }, 'low'],
  ['low', { 7: 26, 14: 28, 30: 31 }, 'moderate'],
] as const)('%s with risks %j is %s', (tier, risks, urgency) => expect(churnUrgencyOf(tier, risks)).toBe(urgency))

test.each([
  [70, 0.5, 'hot'],
  [69.9, 0.5, 'warm'],
  [50, 0.5, 'warm'],
  [49.9, 0.5, 'cold'],
  [79.9, 0.49, 'warm'],
  [80, 0.49, 'hot'],
  [59.9, 0.49, 'cold'],
] as const)('a score of %s that counts for %s is %s', (score, confidence, tier) =>
  expect(leadTierOf(score, confidence)).toBe(tier),
)

test('gives at most six different actions, those of the tier first', () => {
  const factor = (feature: string, weight = 0.3, contribution = 1) => ({ feature, value: 0, weight, contribution })
  expect(churnActionsOf('critical', [])).toEqual(['call-today', 'senior-agent', 'private-showing'])
  const three = [factor('call_pickup_rate'), factor('engagement_trend'), factor('stage_stagnation_days')]
  const most = churnActionsOf('critical', [...three, factor('email_open_rate')])
  expect(most).toEqual([
    'call-today',
    'senior-agent',
    'private-showing',
    'call-appointment',
    'ask-what-changed',
    'next-step',
  ])
  expect(churnActionsOf('high', [factor('interactions_7d')])).toEqual(['call-tomorrow', 'picked-listings'])
  expect(churnActionsOf('low', [factor('engagement_trend', 0.1), factor('sms_response_rate', 0.5, -1)])).toEqual([
    'keep-in-touch',
  ])
  for (const action of most) expect(churnActions[action]).toMatch(/\.$/)
})
