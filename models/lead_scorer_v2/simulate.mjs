// A seed in; data/leads.csv out: 12,000 simulated leads of a real-estate CRM, hot or not. Nobody's records: synthetic.
// npm run build && node models/lead_scorer_v2/simulate.mjs
//
// How a lead comes about (all draws from one seeded generator, so the same file every time):
//  1. Hidden: intent, from two overlapping crowds: 40 % who mean to buy or sell, N(1, 0.7), and 60 % who look around,
//     N(−0.7, 0.7); curiosity ~ N(0, 1), which has nothing to do with intent; the channel it came by.
//  2. Channel: a phone call (a quarter) in which the agent asks nearly everything, a web form (two fifths) that asks for budget,
//     place and wishes, or a portal enquiry, which tells little. A question is answered by what the channel asks and by
//     intent; financing is rarely told by who has no timeline.
//  3. Behaviour of 30 days: 3 to 16 messages of the agency, answered as readily as intent and the day's luck have it; listings
//     viewed (skewed, negative binomial) by intent and curiosity; interactions that hold those views and answers, bunched
//     on some days; idle days, fewer with intent.
//  4. Features: `leadScorerRow` of this package, as it serves, with `engagementOf` over those counts; rounded to what the
//     file shows.
//  5. Label: `hot` = Bernoulli(p), p a function of the row alone (`readinessOf`), the column true_probability. Answers count more
//     together than alone: financing only with a timeline, wishes only with a budget; views count by the share of messages
//     that is answered, and many views without answers count against a lead.
// Noise is that draw: the best reachable accuracy is the mean of max(p, 1 − p), which this script prints.

import { leadScorerRow } from 'tfjs-serving/crm'
import { createDraws } from '../simulation/draw.mjs'
import { shown, shownRow } from '../simulation/rounding.mjs'
import { printDifficulty, writeRows } from '../simulation/write-rows.mjs'

const seed = 20_260_715
const leadCount = 12_000
/** Slope of the label's logit: most leads are then all but decided by their row. */
const steepness = 9
/** Readiness at which a lead is as likely hot as not. */
const turningPoint = 3.75

const { uniform, whole, chance, normal } = createDraws(seed)
const expit = (x) => 1 / (1 + Math.exp(-x))

/** How likely a lead of middling intent answers each question, by channel. */
const asked = {
  phone: {
    budget: 0.75,
    location: 0.8,
    timeline: 0.65,
    requirements: 0.7,
    financing: 0.45,
    motivation: 0.6,
    homeCondition: 0.35,
  },
  form: {
    budget: 0.55,
    location: 0.7,
    timeline: 0.3,
    requirements: 0.55,
    financing: 0.2,
    motivation: 0.2,
    homeCondition: 0.15,
  },
  portal: {
    budget: 0.2,
    location: 0.5,
    timeline: 0.15,
    requirements: 0.3,
    financing: 0.08,
    motivation: 0.12,
    homeCondition: 0.06,
  },
}

const rows = Array.from({ length: leadCount }, (_, lead) => {
  const row = shownRow(leadScorerRow(drawLead(lead)))
  const probability = shown(expit(steepness * (readinessOf(row) - turningPoint)), 1e4)
  return { lead, ...row, true_probability: probability, hot: Number(chance(probability)) }
})
writeRows(new URL('data/leads.csv', import.meta.url), rows)
printDifficulty(rows, 'hot')

/** How ready a lead is to buy or sell, by what is on record of it; about 0 to 9. */
function readinessOf(row) {
  const engagement = row.engagement_score / 100
  const viewed = Math.min(1, row.property_views / 25)
  const idleViewer = viewed * Math.max(0, 0.5 - row.response_rate)
  return (
    0.5 * row.budget_provided +
    0.3 * row.location_specified +
    0.6 * row.timeline_confirmed +
    0.2 * row.property_requirements +
    0.5 * row.motivation_shared +
    0.3 * row.home_condition_shared +
    1.1 * row.financing_status * row.timeline_confirmed +
    0.5 * row.budget_provided * row.property_requirements +
    2 * engagement +
    1.6 * row.response_rate +
    1.2 * viewed * row.response_rate -
    2 * idleViewer
  )
}

function drawLead(lead) {
  const intent = chance(0.4) ? 1 + 0.7 * normal() : -0.7 + 0.7 * normal()
  const curiosity = normal()
  const way = uniform()
  const channel = way < 0.25 ? 'phone' : way < 0.65 ? 'form' : 'portal'
  const answers = {}
  for (const [question, share] of Object.entries(asked[channel])) {
    const timid = question === 'financing' && answers.timeline === undefined ? 1.2 : 0
    if (chance(expit(Math.log(share / (1 - share)) + 0.9 * intent - timid))) answers[question] = 'told'
  }
  return { id: `lead-${lead}`, answers, activity: drawActivity(intent, curiosity) }
}

function drawActivity(intent, curiosity) {
  const messages = whole(3, 16)
  const readiness = expit(-0.1 + 0.9 * intent + 0.5 * normal())
  let answered = 0
  for (let message = 0; message < messages; message++) if (chance(readiness)) answered++
  const propertyViews30d = poisson(Math.exp(1.7 + 0.45 * intent + 0.55 * curiosity) * gamma2())
  const interactions30d = propertyViews30d + answered + poisson(Math.exp(0.3 + 0.5 * intent))
  const bunched = 0.35 + 0.4 * uniform()
  const activeDays30d =
    interactions30d === 0 ? 0 : Math.max(1, Math.min(30, Math.round(interactions30d ** (1 - bunched / 2) * 0.8)))
  const idle = -Math.log(1 - uniform()) * (9 * Math.exp(-0.6 * intent))
  return {
    responseRate30d: answered / messages,
    propertyViews30d,
    interactions30d,
    activeDays30d,
    daysSinceLastInteraction: interactions30d === 0 ? 30 : Math.min(30, Math.floor(idle)),
  }
}

/** Mean 1, variance 1/2: Poisson counts with it are negative binomial. */
function gamma2() {
  return -0.5 * Math.log((1 - uniform()) * (1 - uniform()))
}

/** Knuth's method in the log domain, for means of some hundred. */
function poisson(mean) {
  let count = 0
  for (let sum = -Math.log(1 - uniform()); sum < mean && count < 400; sum -= Math.log(1 - uniform())) count++
  return count
}
