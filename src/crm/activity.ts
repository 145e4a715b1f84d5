// Raw events of one lead and the time now in; what the lead did, counted over windows that end now, out.

import { createError } from '../errors.ts'
import type { LeadActivity } from './lead.ts'
import { agencyActs, leadActs, type LeadEvent, type LeadEventKind } from './lead-event.ts'

export type ActivityOptions = {
  /** Milliseconds since 1970-01-01T00:00Z. Events after it are not there yet. */
  readonly now: number
  /** When the record of this lead begins, such as when it was created. @default its earliest event */
  readonly since?: number
}

const dayMs = 86_400_000
const weekDays = 7
const monthDays = 30
const minuteMs = 60_000

const interactions: ReadonlySet<string> = new Set(leadActs)
const kinds: ReadonlySet<string> = new Set([...leadActs, ...agencyActs])

/**
 * Counts events, in any order, into a LeadActivity. Without an event and without `since` nothing is known, and the activity
 * is empty; a rate is absent where nothing was sent in its window. `engagement` is left to `engagementOf`.
 *
 * - interaction: an act of the lead; the windows are the last 7, 14 and 30 × 24 hours
 * - response rate: answers (replies, calls picked up) ÷ messages sent and calls made, at most 1
 * - trend: (r − b) ÷ (r + b), r = interactions a day in the last 7 days, b = in the 23 before them; 0 without any
 * - views: distinct listings; a view without `listingId` counts by itself
 * - session minutes: time between the first and the last act of a session
 * - stage velocity: stages forward in the last 30 days, a week; stagnation: days since the last change, or since `since`
 * @throws INPUT_INVALID for an event of no known kind or without a time, or a `now` that is no number
 */
export function activityOf(events: readonly LeadEvent[], { now, since }: ActivityOptions): LeadActivity {
  if (!Number.isFinite(now)) throw createError('INPUT_INVALID', `activityOf: expected now in milliseconds, got ${now}`)
  const past = events.filter((event, index) => isPast(event, index, now))
  const begin = past.reduce((earliest, { at }) => Math.min(earliest, at), since ?? Infinity)
  if (begin === Infinity) return {}
  const within = (days: number) => past.filter(({ at }) => now - at < days * dayMs)
  const month = within(monthDays)
  const acts = past.filter(({ kind }) => interactions.has(kind))
  const recentActs = (days: number) => acts.filter(({ at }) => now - at < days * dayMs)
  const [acts7, acts30] = [recentActs(weekDays), recentActs(monthDays)]
  const views = month.filter(({ kind }) => kind === 'property_view')
  const sessions = sessionsOf(acts30)
  const steps = month.filter(({ kind }) => kind === 'stage_changed').map(stepOf)
  const forward = steps.reduce((sum, step) => sum + Math.max(0, step), 0)
  return defined({
    daysSinceLastInteraction: (now - latest(acts, begin)) / dayMs,
    interactions7d: acts7.length,
    interactions14d: recentActs(2 * weekDays).length,
    interactions30d: acts30.length,
    activeDays30d: new Set(acts30.map(({ at }) => Math.floor((now - at) / dayMs))).size,
    responseRate7d: responseRate(within(weekDays)),
    responseRate14d: responseRate(within(2 * weekDays)),
    responseRate30d: responseRate(month),
    engagementTrend: trendOf(acts7.length / weekDays, (acts30.length - acts7.length) / (monthDays - weekDays)),
    sessionMinutesAvg: meanOf([...sessions.values()].map(({ first, last }) => (last - first) / minuteMs)),
    propertyViewsPerSession: sessions.size === 0 ? undefined : views.length / sessions.size,
    propertyViews30d: new Set(views.map(({ listingId }) => listingId ?? Symbol())).size,
    savedProperties: savedOf(past),
    searchRefinements: month.filter(({ kind }) => kind === 'search_refinement').length,
    stageVelocity: forward / (monthDays / weekDays),
    stageStagnationDays:
      (now -
        latest(
          past.filter(({ kind }) => kind === 'stage_changed'),
          begin,
        )) /
      dayMs,
    backwardStageTransitions: steps.filter((step) => step < 0).length,
    qualificationChange: month.filter(({ kind }) => kind === 'qualification_changed').reduce(sumSteps, 0),
    emailOpenRate: rate(month, ['email_opened'], ['email_sent']),
    smsResponseRate: rate(month, ['sms_replied'], ['sms_sent']),
    callPickupRate: rate(month, ['call_answered'], ['call_made']),
  })
}

function isPast(event: LeadEvent, index: number, now: number): boolean {
  const { kind, at } = event
  if (!kinds.has(kind) || !Number.isFinite(at))
    throw createError(
      'INPUT_INVALID',
      `event ${index}: expected one of ${[...kinds].join(', ')} at a time in milliseconds, got ${String(kind)} at ${String(at)}`,
      { details: { event: index } },
    )
  return at <= now
}

function latest(events: readonly LeadEvent[], otherwise: number): number {
  return events.reduce((last, { at }) => Math.max(last, at), events.length === 0 ? otherwise : -Infinity)
}

function stepOf({ from = 0, to = 0 }: LeadEvent): number {
  return to - from
}

function sumSteps(sum: number, event: LeadEvent): number {
  return sum + stepOf(event)
}

function trendOf(recent: number, before: number): number {
  return recent + before === 0 ? 0 : (recent - before) / (recent + before)
}

function responseRate(events: readonly LeadEvent[]): number | undefined {
  return rate(events, ['email_replied', 'sms_replied', 'call_answered'], ['email_sent', 'sms_sent', 'call_made'])
}

/** Late answers to messages before the window would give more than 1. */
function rate(
  events: readonly LeadEvent[],
  answers: readonly LeadEventKind[],
  asked: readonly LeadEventKind[],
): number | undefined {
  const askedCount = countOf(events, asked)
  return askedCount === 0 ? undefined : Math.min(1, countOf(events, answers) / askedCount)
}

function countOf(events: readonly LeadEvent[], wanted: readonly LeadEventKind[]): number {
  const seen = new Set<unknown>()
  for (const { kind, messageId } of events)
    if (wanted.includes(kind)) seen.add(messageId === undefined ? Symbol() : messageId)
  return seen.size
}

function sessionsOf(events: readonly LeadEvent[]): Map<string, { readonly first: number; readonly last: number }> {
  const sessions = new Map<string, { readonly first: number; readonly last: number }>()
  for (const { sessionId, at } of events) {
    if (sessionId === undefined) continue
    const { first, last } = sessions.get(sessionId) ?? { first: at, last: at }
    sessions.set(sessionId, { first: Math.min(first, at), last: Math.max(last, at) })
  }
  return sessions
}

function savedOf(events: readonly LeadEvent[]): number {
  const saved = new Set<string | undefined>()
  for (const { kind, listingId } of [...events].sort((a, b) => a.at - b.at))
    if (kind === 'property_save') saved.add(listingId)
    else if (kind === 'property_unsave') saved.delete(listingId)
  return saved.size
}

function meanOf(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length
}

function defined(activity: { readonly [Key in keyof LeadActivity]: LeadActivity[Key] | undefined }): LeadActivity {
  return Object.fromEntries(Object.entries(activity).filter(([, value]) => value !== undefined))
}
