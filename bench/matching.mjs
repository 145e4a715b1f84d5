// How long does matching take for 10,000 listings? PropertyMatcher beside a plain loop that makes an object a listing and awaits each model.
// npm run build && node bench/matching.mjs [modelsDir]

import { fileURLToPath } from 'node:url'
import { MLServiceRegistry } from 'tfjs-serving'
import { matchFactors, PropertyMatcher, propertyInterestRow } from 'tfjs-serving/crm'
import { simulateLeads } from '../models/listings/leads.mjs'
import { readListings } from '../models/listings/listings.mjs'
import { median, printMachine, printTable } from './harness.mjs'

const [listingCount, leadCount, warmUp, naiveLeads] = [10_000, 60, 10, 5]
const tenant = 'bench'
const modelsDir = process.argv[2] ?? fileURLToPath(new URL('../models/', import.meta.url))
const names = ['property_matcher_v3', 'property_interest_predictor_v2']

printMachine()
const homes = readListings()
const listings = Array.from({ length: listingCount }, (_, i) => ({
  ...homes[i % homes.length],
  id: `${homes[i % homes.length].id}-${Math.floor(i / homes.length)}`,
}))
const reactions = ['love', 'like', 'showing', 'share', 'pass', 'dislike']
const leads = simulateLeads(homes, { seed: 13, leadCount, shownCount: reactions.length }).map(({ lead, shown }) => ({
  ...lead,
  reactions: shown.map((listing, i) => ({ reaction: reactions[i], listing })),
}))
const registry = new MLServiceRegistry({ modelsDir })
await registry.initialize()
const predictors = await findPredictors()
const rows = []
if (predictors === undefined)
  console.log(`No trained models in ${modelsDir}: only rules are timed. npm run models makes them.\n`)
else {
  const matcher = new PropertyMatcher({ models: registry })
  await proveRight(matcher)
  rows.push(await timed('models and taste', matcher, leads))
  rows.push(await timed('models', matcher, leads.map(withoutTaste)))
  rows.push(await timedNaive())
}
const ruled = new PropertyMatcher()
rows.push(await timed('rules and taste', ruled, leads))
rows.push(await timed('rules', ruled, leads.map(withoutTaste)))
console.log(
  `${listingCount} real listings (repeated) ranked for each of ${leadCount - warmUp} leads; milliseconds a lead`,
)
printTable(['', 'median', 'p95', 'leads'], rows)
await registry.close()

async function timed(name, matcher, given) {
  const times = []
  for (const lead of given) {
    const startedAt = performance.now()
    await matcher.match(lead, listings, { tenant })
    times.push(performance.now() - startedAt)
  }
  return report(name, times.slice(warmUp))
}

async function timedNaive() {
  await naive(leads[0])
  const times = []
  for (const lead of leads.slice(1, 1 + naiveLeads)) {
    const startedAt = performance.now()
    await naive(lead)
    times.push(performance.now() - startedAt)
  }
  return report('plain loop: factors and two models', times)
}

/** Factors and both models' values of each listing, one after the other. */
async function naive(lead) {
  const [matcher, interest] = predictors
  const year = new Date().getUTCFullYear()
  const answers = []
  for (const listing of listings) {
    const match = await matcher.predict(matchFactors(lead, listing, { year }), { useCache: false })
    const wish = await interest.predict(propertyInterestRow(lead, listing), { useCache: false })
    answers.push({ match: match.value, interest: wish.value })
  }
  return answers
}

/** Both ways give each returned match the same numbers; nothing is timed otherwise. */
async function proveRight(matcher) {
  const answers = await naive(leads[0])
  const { matches } = await matcher.match(leads[0], listings, { tenant, limit: 100 })
  for (const { index, match, interest, listingId } of matches)
    if (Math.abs(match - answers[index].match) > 1e-9 || Math.abs(interest - answers[index].interest) > 1e-9)
      throw new Error(`${listingId}: ${match} and ${interest}, one by one ${JSON.stringify(answers[index])}`)
  if (matches.length === 0) throw new Error('no matches: nothing is timed')
}

async function findPredictors() {
  try {
    const found = await Promise.all(names.map((name) => registry.getModelPredictor(name)))
    return found.every(({ version }) => version !== null) ? found : undefined
  } catch {
    return undefined
  }
}

function withoutTaste({ reactions: _reactions, ...lead }) {
  return lead
}

function report(name, times) {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]
  return [name, median(times).toFixed(1), at(0.95).toFixed(1), times.length]
}
