// All three services on one registry with the five committed models: each model gone, damaged or slow, alone and all together.
import { cpSync } from 'node:fs'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ChurnPredictionEngine } from '../../src/crm/churn-prediction-engine.ts'
import type { Lead } from '../../src/crm/lead.ts'
import type { ModelSource, Provenance } from '../../src/crm/model-source.ts'
import { PropertyMatcher } from '../../src/crm/property-matcher.ts'
import { RealTimeScoring } from '../../src/crm/real-time-scoring.ts'
import { createError } from '../../src/errors.ts'
import { type CrmModelName, crmModelFeatures } from '../../src/resilience/crm-rules/model-features.ts'
import type { ModelPredictor } from '../../src/runtime/predictor.ts'
import { crmModelsDir, damagedModelsDir } from '../helpers/crm-models.ts'
import { knownLead, leadStore } from '../helpers/crm-scene.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'
import { readListings } from '../helpers/real-listings.ts'
import { createRegistry } from '../helpers/registries.ts'

const names = Object.keys(crmModelFeatures) as CrmModelName[]
const rules: Readonly<Record<CrmModelName, string>> = {
  lead_scorer_v2: 'rule_based_lead_scorer',
  property_matcher_v3: 'cosine_similarity_matcher',
  churn_predictor_v2: 'engagement_threshold_predictor',
  property_interest_predictor_v2: 'feature_weighted_scorer',
  viewing_probability_predictor_v2: 'engagement_score',
}

const listings = readListings().slice(0, 60)
const leads = Array.from({ length: 20 }, (_, number): Lead => {
  const activity = { ...knownLead.activity, interactions7d: number % 7, propertyViews30d: number }
  const preferences = { maxPrice: 120_000 + 9000 * number, minBedrooms: 1 + (number % 4), locations: ['Sacramento'] }
  return { ...knownLead, id: `lead-${number}`, activity, preferences }
})

type Told = Readonly<Record<CrmModelName, readonly { readonly value: number; readonly provenance: Provenance }[]>>

/** What each model, or its rule, said in the answers of the three services to all the leads at once. */
async function askAll(models: ModelSource | undefined, { isSlow = false } = {}): Promise<Told> {
  const clock = createFakeClock()
  const options = { leads: leadStore(leads), clock, ...(models && { models }) }
  const services = [
    new RealTimeScoring(options),
    new ChurnPredictionEngine(options),
    new PropertyMatcher(options),
  ] as const
  const [scoring, churn, matcher] = services
  onTestFinished(async () => void (await Promise.all(services.map((service) => service.close()))))
  const call = { tenant: 'acme' } as const
  const ids = leads.map(({ id }) => id)
  const answered = Promise.all([
    Promise.all(ids.map((id) => scoring.score(id, call))),
    Promise.all(ids.map((id) => churn.predict(id, call))),
    Promise.all(ids.map((id) => matcher.match(id, listings, { ...call, minScore: 0, limit: 3 }))),
  ])
  const [scores, risks, matches] = await (isSlow ? inTime(answered, () => clock.advance(250)) : answered)
  for (const answers of [scores, risks, matches]) expect(answers.map(({ leadId }) => leadId)).toEqual(ids)
  const shown = matches.flatMap((answer) => answer.matches)
  return {
    lead_scorer_v2: scores.map(({ score, provenance }) => ({ value: score, provenance })),
    churn_predictor_v2: risks.map((answer) => ({ value: answer.risks[14], provenance: answer.provenance })),
    property_matcher_v3: shown.map(({ match, provenance }) => ({ value: match, provenance: provenance.match })),
    property_interest_predictor_v2: shown.map((one) => ({ value: one.interest, provenance: one.provenance.interest })),
    viewing_probability_predictor_v2: shown.map((one) => ({
      value: one.viewingProbability,
      provenance: one.provenance.viewing,
    })),
  }
}

/** Moves time on only when nothing else happens, so that a model that answers is never too late. */
async function inTime<Result>(promise: Promise<Result>, advance: () => void): Promise<Result> {
  let isSettled = false
  const done = promise.finally(() => (isSettled = true))
  for (;;) {
    for (let turn = 0; turn < 200 && !isSettled; turn++) await new Promise(setImmediate)
    if (isSettled) return done
    advance()
  }
}

async function registryOf(dir: ReturnType<typeof crmModelsDir>): Promise<ModelSource> {
  const registry = createRegistry(dir, { backend: 'kernel' })
  await registry.initialize()
  return registry
}

function gone(broken: readonly CrmModelName[]): Promise<ModelSource> {
  return registryOf(crmModelsDir(...names.filter((name) => !broken.includes(name))))
}

function damaged(broken: readonly CrmModelName[]): Promise<ModelSource> {
  const dir = damagedModelsDir(...broken)
  cpSync(crmModelsDir(...names.filter((name) => !broken.includes(name))).path, dir.path, { recursive: true })
  return registryOf(dir)
}

/** The registry's own predictors, of which the broken ones never come to an end. */
async function slow(broken: readonly CrmModelName[]): Promise<ModelSource> {
  const registry = await registryOf(crmModelsDir(...names))
  const never = () => new Promise<never>(() => undefined)
  return {
    async getModelPredictor(name) {
      const predictor = await registry.getModelPredictor(name)
      if (!(broken as readonly string[]).includes(name)) return predictor
      const runSync = () => {
        throw createError('NOT_SYNCHRONOUS', 'this model computes elsewhere')
      }
      return {
        version: predictor.version,
        predict: never,
        predictBatch: never,
        explain: never,
        runSync,
      } as unknown as ModelPredictor
    },
  }
}

test('all five answer in their services, which share a registry', async () => {
  for (const [name, told] of Object.entries(await askAll(await registryOf(crmModelsDir(...names))))) {
    expect(told.length).toBeGreaterThanOrEqual(leads.length)
    for (const { provenance } of told) expect(provenance).toMatchObject({ model: name, source: 'model' })
  }
})

describe.each([
  ['gone', gone, 'MODEL_NOT_FOUND'],
  ['damaged', damaged, 'CHECKSUM_MISMATCH'],
  ['slow', slow, 'DEADLINE_EXCEEDED'],
] as const)('%s', (_case, breakModels, reason) => {
  test.each([...names.map((name) => [name, [name]] as const), ['all five', names] as const])(
    '%s: every answer of theirs is their rule’s, and every other its model’s',
    async (_names, broken) => {
      const told = await askAll(await breakModels(broken), { isSlow: breakModels === slow })
      const byRules = await askAll(undefined)
      for (const name of names)
        for (const [place, { value, provenance }] of told[name].entries())
          if (!broken.includes(name)) expect(provenance).toMatchObject({ model: name, source: 'model' })
          else {
            expect(provenance).toMatchObject({
              model: name,
              source: 'fallback',
              rule: rules[name],
              reason,
              version: null,
            })
            if (broken === names) expect(value).toBe(byRules[name][place].value)
          }
    },
  )
})
