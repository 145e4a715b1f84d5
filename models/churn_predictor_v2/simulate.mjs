// A seed in; data/churn.csv out: 4,800 simulated leads of a real-estate CRM at three horizons each. Nobody's records: synthetic.
// npm run build && node models/churn_predictor_v2/simulate.mjs
//
// How a lead comes about (all draws from one seeded generator, so the same file every time):
//  1. Hidden: intent ~ N(0, 1), at most 2.2; its rhythm, sessions a day = exp(−1.1 + 0.7·intent); how readily it answers messages; the day
//     on which the agency looks at it (0–364), and how long it has been known by then (20–90 days).
//  2. Hidden: two of five leads have begun to turn away, up to 40 days ago: from then on the rhythm falls by half every 2 to 8
//     days, and answers with it. Of the others, two of five take a pause of 4 to 14 days, which looks the same for a while.
//  3. Events: sessions of 1 to 8 views, some with searches, refinements and saves; messages and calls of the agency every 2 to
//     6 days, opened and answered as readily as the lead is; stages and qualification that rise while it is engaged and
//     sometimes fall back once it is not. More happens in spring and summer than in winter.
//  4. Features: `activityOf` and `churnRow` of this package, as they serve, rounded to what the file shows.
//  5. Label: days until the lead is lost ~ Weibull(shape 2, scale by the features alone: `pressureOf`), one draw a lead, and
//     `churned` = lost within the horizon. So P(churned) = 1 − exp(−e^pressure·(horizon ÷ 14)²), the column true_probability, never
//     falls with the horizon, and nothing but the row is needed to know it.
// Noise is that draw: the best reachable accuracy is the mean of max(p, 1 − p), which this script prints.

import { activityOf, churnHorizons, churnRow } from 'tfjs-serving/crm'
import { createDraws } from '../simulation/draw.mjs'
import { shown, shownRow } from '../simulation/rounding.mjs'
import { printDifficulty, writeRows } from '../simulation/write-rows.mjs'

const seed = 20_260_714
const leadCount = 4800
const dayMs = 86_400_000
const firstDay = Date.UTC(2025, 0, 1)
const weibullShape = 2

const { uniform, between, whole, chance, normal, poisson } = createDraws(seed)
const expit = (x) => 1 / (1 + Math.exp(-x))

const rows = []
for (let lead = 0; lead < leadCount; lead++) {
  const day = whole(0, 364)
  const now = firstDay + day * dayMs + between(0.3, 0.9) * dayMs
  const record = { id: `lead-${lead}`, activity: activityOf(...eventsOf(now)) }
  const draw = uniform()
  for (const horizon of churnHorizons) {
    const row = shownRow(churnRow(record, horizon))
    const probability = 1 - Math.exp(-Math.exp(pressureOf(row)) * (horizon / 14) ** weibullShape)
    rows.push({ lead, day, ...row, true_probability: shown(probability, 1e4), churned: Number(draw < probability) })
  }
}
writeRows(new URL('data/churn.csv', import.meta.url), rows)
for (const horizon of churnHorizons) {
  console.log(`within ${horizon} days:`)
  printDifficulty(
    rows.filter((row) => row.horizon_days === horizon),
    'churned',
  )
}

/**
 * How strongly a lead is drawn away, by what is on record of it: the logarithm of its hazard. Idle days count by the lead's own
 * rhythm, a silent one more where it also leaves messages unanswered, a falling trend where it also stands still.
 */
function pressureOf(row) {
  const rhythmDays = 30 / (row.interactions_30d + 2)
  const overdue = row.days_since_last_interaction / (row.days_since_last_interaction + 2 + rhythmDays)
  const deaf = 1 - (0.6 * row.response_rate_14d + 0.4 * row.response_rate_30d)
  const falling = Math.max(0, -row.engagement_trend)
  const stalled = row.stage_stagnation_days / 30
  const anchored = 1 - Math.exp(-row.saved_properties_count / 4)
  const silent = overdue * deaf
  const setback = Math.min(2, row.backward_stage_transitions) - 0.5 * Math.min(2, row.qualification_score_change)
  return (
    -8.6 +
    3.5 * overdue +
    5.5 * deaf +
    6.5 * silent +
    4.5 * falling * stalled -
    3 * anchored * (1 - overdue) +
    setback -
    2 * row.email_open_rate * (1 - silent)
  )
}

function eventsOf(now) {
  const intent = Math.min(2.2, normal())
  const knownDays = whole(20, 90)
  const since = now - knownDays * dayMs
  const rhythm = Math.exp(-1.1 + 0.7 * intent)
  const readiness = expit(0.5 + 0.8 * intent + 0.6 * normal())
  const turnsAway = chance(0.42)
  const turnedAgo = turnsAway ? between(0, 40) : -1
  const halfLifeDays = between(2, 8)
  const pauseDays = !turnsAway && chance(0.4) ? between(4, 14) : 0
  const pauseBegan = between(2, 18)
  const interestAt = (agoDays) => {
    if (turnsAway && agoDays < turnedAgo) return 0.5 ** ((turnedAgo - agoDays) / halfLifeDays)
    return agoDays < pauseBegan && agoDays > pauseBegan - pauseDays ? 0.05 : 1
  }
  const events = []
  let stage = whole(0, 2)
  let count = whole(0, 3)
  let nextMessage = between(0, 4)
  for (let elapsed = 0; elapsed < knownDays; elapsed++) {
    const agoDays = knownDays - elapsed
    const interest = interestAt(agoDays)
    const at = since + elapsed * dayMs
    const season = 1 + 0.25 * Math.sin((2 * Math.PI * ((at - firstDay) / dayMs - 90)) / 365)
    for (let begun = poisson(rhythm * season * interest); begun > 0; begun--)
      addSession(events, at + between(0, 0.9) * dayMs, intent)
    if (elapsed >= nextMessage) {
      nextMessage = elapsed + between(2, 6)
      addMessage(events, at + between(0.3, 0.5) * dayMs, readiness * (0.15 + 0.85 * interest))
    }
    const step = chance(0.07 * interest) ? 1 : chance(0.025 * (1.2 - interest)) && stage > 0 ? -1 : 0
    if (step !== 0) {
      events.push({ kind: 'stage_changed', at: at + 0.6 * dayMs, from: stage, to: stage + step })
      stage += step
    }
    const answered = chance(0.06 * interest) && count < 7 ? 1 : chance(0.015 * (1.2 - interest)) && count > 0 ? -1 : 0
    if (answered !== 0) {
      events.push({ kind: 'qualification_changed', at: at + 0.6 * dayMs, from: count, to: count + answered })
      count += answered
    }
  }
  return [events, { now, since }]
}

function addSession(events, begin, intent) {
  const sessionId = `${begin}`
  let at = begin
  const next = (kind, more) => {
    events.push({ kind, at, sessionId, ...more })
    at += between(0.4, 4) * 60_000
  }
  if (chance(0.5)) next('search')
  for (let views = 1 + poisson(1.5 + Math.exp(0.4 * intent)); views > 0; views--) {
    const listingId = `${whole(1, 400)}`
    next('property_view', { listingId })
    if (chance(0.05 * Math.exp(0.5 * intent))) next('property_save', { listingId })
    if (chance(0.08)) next('search_refinement')
  }
}

function addMessage(events, at, readiness) {
  const messageId = `${at}`
  const answerAt = at + between(0.01, 0.4) * dayMs
  const way = uniform()
  if (way < 0.5) {
    events.push({ kind: 'email_sent', at, messageId })
    if (chance(0.2 + 0.7 * readiness)) {
      events.push({ kind: 'email_opened', at: answerAt, messageId })
      if (chance(readiness)) events.push({ kind: 'email_replied', at: answerAt + 60_000, messageId })
    }
  } else if (way < 0.8) {
    events.push({ kind: 'sms_sent', at, messageId })
    if (chance(readiness)) events.push({ kind: 'sms_replied', at: answerAt, messageId })
  } else {
    events.push({ kind: 'call_made', at, messageId })
    if (chance(0.9 * readiness)) events.push({ kind: 'call_answered', at: at + 30_000, messageId })
  }
}
