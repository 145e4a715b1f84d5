// Events of a lead, counted by hand and by activityOf.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { activityOf } from '../../src/crm/activity.ts'
import { agencyActs, leadActs, type LeadEvent } from '../../src/crm/lead-event.ts'

const now = Date.UTC(2026, 5, 30, 12)
const dayMs = 86_400_000
const ago = (days: number, kind: LeadEvent['kind'], more: Partial<LeadEvent> = {}): LeadEvent => ({
  kind,
  at: now - days * dayMs,
  ...more,
})
const minutes = (count: number) => count / (24 * 60)

/** A lead of 60 days: three sessions, messages and calls, two stages forward and one back. */
const events: readonly LeadEvent[] = [
  ago(60, 'property_view', { listingId: 'old', sessionId: 's0' }),
  ago(59, 'property_save', { listingId: 'old' }),
  ago(20, 'search', { sessionId: 's1' }),
  ago(20 - minutes(2), 'search_refinement', { sessionId: 's1' }),
  ago(20 - minutes(10), 'property_view', { listingId: 'A', sessionId: 's1' }),
  ago(10, 'property_view', { listingId: 'A', sessionId: 's2' }),
  ago(10 - minutes(4), 'property_save', { listingId: 'A', sessionId: 's2' }),
  ago(2, 'property_view', { listingId: 'B', sessionId: 's3' }),
  ago(1.5, 'property_unsave', { listingId: 'old' }),
  ago(25, 'email_sent', { messageId: 'm1' }),
  ago(24, 'email_opened', { messageId: 'm1' }),
  ago(23.9, 'email_opened', { messageId: 'm1' }),
  ago(12, 'email_sent', { messageId: 'm2' }),
  ago(11.9, 'email_opened', { messageId: 'm2' }),
  ago(11.8, 'email_replied', { messageId: 'm2' }),
  ago(5, 'sms_sent', { messageId: 'm3' }),
  ago(4, 'call_made', { messageId: 'm4' }),
  ago(4, 'call_answered', { messageId: 'm4' }),
  ago(28, 'stage_changed', { from: 0, to: 2 }),
  ago(9, 'stage_changed', { from: 2, to: 1 }),
  ago(26, 'qualification_changed', { from: 1, to: 4 }),
  ago(3, 'qualification_changed', { from: 4, to: 3 }),
]

test('counts the worked lead', () => {
  expect(activityOf(events, { now })).toEqual({
    daysSinceLastInteraction: 1.5,
    // the call, the view and the unsave
    interactions7d: 3,
    // these, the open and the reply of 12 days ago, the view and the save of 10
    interactions14d: 7,
    // these, two opens of 24 days ago and three acts of 20
    interactions30d: 12,
    // 1, 2, 4, 9 (just under 10 days), 10, 11, 19, 20, 23 and 24 days ago
    activeDays30d: 10,
    responseRate7d: 0.5,
    responseRate14d: 2 / 3,
    responseRate30d: 0.5,
    engagementTrend: expect.closeTo((3 / 7 - 9 / 23) / (3 / 7 + 9 / 23), 12),
    // 10, 4 and 0 minutes
    sessionMinutesAvg: expect.closeTo(14 / 3, 6),
    propertyViewsPerSession: 1,
    propertyViews30d: 2,
    savedProperties: 1,
    searchRefinements: 1,
    stageVelocity: expect.closeTo(2 / (30 / 7), 12),
    stageStagnationDays: 9,
    backwardStageTransitions: 1,
    qualificationChange: 2,
    emailOpenRate: 1,
    smsResponseRate: 0,
    callPickupRate: 1,
  })
})

test('knows nothing of a lead without events, and silence where it knows since when', () => {
  expect(activityOf([], { now })).toEqual({})
  expect(activityOf([], { now, since: now - 40 * dayMs })).toMatchObject({
    daysSinceLastInteraction: 40,
    interactions30d: 0,
    activeDays30d: 0,
    engagementTrend: 0,
    stageStagnationDays: 40,
  })
})

test('leaves out rates of what was never sent', () => {
  const activity = activityOf([ago(1, 'message')], { now })
  for (const rate of ['responseRate7d', 'emailOpenRate', 'smsResponseRate', 'callPickupRate', 'sessionMinutesAvg'])
    expect(activity).not.toHaveProperty(rate)
})

test('does not look ahead of now', () => {
  expect(activityOf([ago(1, 'message'), ago(-1, 'message')], { now })).toMatchObject({ interactions7d: 1 })
})

test('gives rates of at most 1 where late answers come to what was sent before the window', () => {
  const late = [
    ago(8, 'sms_sent'),
    ago(7.5, 'sms_sent'),
    ago(3, 'sms_sent'),
    ago(2, 'sms_replied'),
    ago(1, 'sms_replied'),
  ]
  expect(activityOf(late, { now }).responseRate7d).toBe(1)
})

test('does not care for the order of events', () => {
  const order = fc.shuffledSubarray([...events], { minLength: events.length })
  fc.assert(
    fc.property(order, (shuffled) => {
      expect(activityOf(shuffled, { now })).toEqual(activityOf(events, { now }))
    }),
    { numRuns: 30 },
  )
})

test('stays within the bounds that rows are checked for, whatever happened', () => {
  const event = fc.record({
    kind: fc.constantFrom(...leadActs, ...agencyActs),
    at: fc.integer({ min: now - 90 * dayMs, max: now + dayMs }),
    listingId: fc.constantFrom('a', 'b', undefined),
    sessionId: fc.constantFrom('s', 't', undefined),
    messageId: fc.constantFrom('m', 'n', undefined),
    from: fc.integer({ min: 0, max: 5 }),
    to: fc.integer({ min: 0, max: 5 }),
  }) as fc.Arbitrary<LeadEvent>
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (some) => {
      const activity = activityOf(some, { now })
      const {
        interactions7d = 0,
        interactions14d = 0,
        interactions30d = 0,
        activeDays30d = 0,
        engagementTrend = 0,
      } = activity
      expect(interactions7d <= interactions14d && interactions14d <= interactions30d).toBe(true)
      expect(activeDays30d).toBeLessThanOrEqual(Math.min(30, interactions30d))
      expect(Math.abs(engagementTrend)).toBeLessThanOrEqual(1)
      for (const value of Object.values(activity)) expect(value).toSatisfy(Number.isFinite)
    }),
    { numRuns: 200 },
  )
})
