// How long does a caller of the CRM services wait? Each call by 50 callers at once, models in this thread, every lead its first time.
// npm run build && node bench/crm.mjs [modelsDir]

import { fileURLToPath } from 'node:url'
import { MLServiceRegistry } from 'tfjs-serving'
import { ChurnPredictionEngine, churnRow, leadScorerRow, PropertyMatcher, RealTimeScoring } from 'tfjs-serving/crm'
import { simulateLeads } from '../models/listings/leads.mjs'
import { readListings } from '../models/listings/listings.mjs'
import { median, printMachine, printTable } from './harness.mjs'

const [callers, callsEach, rounds] = [50, 20, 5]
const tenant = 'bench'
const modelsDir = process.argv[2] ?? fileURLToPath(new URL('../models/', import.meta.url))

printMachine()
const homes = readListings()
const leads = simulateLeads(homes, { seed: 17, leadCount: callers * callsEach, shownCount: 1 }).map(({ lead }, i) => ({
  ...lead,
  id: `lead-${i}`,
}))
const registry = new MLServiceRegistry({ modelsDir })
await registry.initialize()
// every answer is computed: what is remembered takes some microseconds
const options = { models: registry, cache: false, modelTimeoutMs: 5000 }
const scoring = new RealTimeScoring(options)
const churn = new ChurnPredictionEngine(options)
const matcher = new PropertyMatcher({ models: registry, modelTimeoutMs: 5000 })
const hundred = homes.slice(0, 100)
await proveRight()

const rows = []
await measure('score', (lead) => scoring.score(lead, { tenant }))
await measure('score, with its factors', (lead) => scoring.score(lead, { tenant, factors: true }))
await measure('churn, with its factors', (lead) => churn.predict(lead, { tenant }))
await measure('match, 100 listings', (lead) => matcher.match(lead, hundred, { tenant }))
console.log(
  `${callers} callers at once, each ${callsEach} calls one after the other; milliseconds a call, the median round of ${rounds}`,
)
printTable(['', 'p50', 'p95', 'calls a second'], rows)
await registry.close()

async function measure(name, call) {
  const seen = []
  for (let round = 0; round <= rounds; round++) {
    const times = []
    const startedAt = performance.now()
    await Promise.all(
      Array.from({ length: callers }, async (_, caller) => {
        for (let i = 0; i < callsEach; i++) {
          const askedAt = performance.now()
          await call(leads[caller * callsEach + i])
          times.push(performance.now() - askedAt)
        }
      }),
    )
    times.sort((a, b) => a - b)
    const at = (share) => times[Math.ceil(share * times.length) - 1]
    // the first round warms
    if (round > 0)
      seen.push({ p50: at(0.5), p95: at(0.95), perSecond: times.length / ((performance.now() - startedAt) / 1000) })
  }
  const typical = (key) => median(seen.map((round) => round[key]))
  rows.push([
    name,
    typical('p50').toFixed(2),
    typical('p95').toFixed(2),
    Math.round(typical('perSecond')).toLocaleString('en'),
  ])
}

/** What the services say is what the models say of the same rows. */
async function proveRight() {
  const scorer = await registry.getModelPredictor('lead_scorer_v2')
  const leaver = await registry.getModelPredictor('churn_predictor_v2')
  for (const lead of leads.slice(0, 100)) {
    const { score, provenance } = await scoring.score(lead, { tenant })
    const { value } = await scorer.predict(leadScorerRow(lead), { useCache: false })
    const { risks } = await churn.predict(lead, { tenant })
    const { probabilities } = await leaver.predict(churnRow(lead, 14), { useCache: false })
    if (
      provenance.source !== 'model' ||
      Math.abs(score - value) > 1e-4 ||
      Math.abs(risks[14] - 100 * probabilities[1]) > 1e-3
    )
      throw new Error(`${lead.id}: the services do not say what the models say`)
  }
}
