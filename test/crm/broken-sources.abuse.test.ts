// What the CRM services answer where the application's leads, or its models, come from code that hangs, throws or gives anything.
import { describe, expect, test } from 'vitest'
import { ChurnPredictionEngine } from '../../src/crm/churn-prediction-engine.ts'
import type { CrmOptions } from '../../src/crm/crm-options.ts'
import type { Lead, LeadSource } from '../../src/crm/lead.ts'
import type { ModelSource } from '../../src/crm/model-source.ts'
import { PropertyMatcher } from '../../src/crm/property-matcher.ts'
import { RealTimeScoring } from '../../src/crm/real-time-scoring.ts'
import { isMLError } from '../../src/errors.ts'
import type { ModelPredictor } from '../../src/runtime/predictor.ts'
import { knownLead, settled } from '../helpers/crm-scene.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'

const acme = { tenant: 'acme' } as const
const listings = [
  { id: 'a', price: 200_000, city: 'Galt' },
  { id: 'b', price: 300_000, city: 'Galt' },
]
const buyer: Lead = { ...knownLead, preferences: { maxPrice: 400_000, locations: ['Galt'] } }
const never = () => new Promise<never>(() => undefined)

function callsOf(options: CrmOptions) {
  const [scoring, churn] = [new RealTimeScoring(options), new ChurnPredictionEngine(options)]
  const matcher = new PropertyMatcher(options)
  const call = { ...acme, minScore: 0 }
  return {
    score: (lead: Lead | string) => scoring.score(lead, acme),
    predict: (lead: Lead | string) => churn.predict(lead, acme),
    match: (lead: Lead | string) => matcher.match(lead, listings, call),
    scoreBatch: (lead: Lead | string) => scoring.scoreBatch([lead], acme).then(firstOf),
    predictBatch: (lead: Lead | string) => churn.predictBatch([lead], acme).then(firstOf),
    matchBatch: (lead: Lead | string) => matcher.matchBatch([lead], listings, call).then(firstOf),
  }
}

function firstOf<Result>({ results, errors }: { results: readonly Result[]; errors: readonly { error: Error }[] }) {
  if (errors.length > 0) throw errors[0].error
  return results[0]
}

const callNames = Object.keys(callsOf({})) as (keyof ReturnType<typeof callsOf>)[]

describe.each(callNames)('%s', (name) => {
  const garbage: readonly (readonly [string, unknown])[] = [
    ['a number', 7],
    ['a text', 'x'],
    ['a list', []],
    ['a lead without an id', {}],
    ['a lead whose id is a number', { ...knownLead, id: 7 }],
    [
      'a lead whose id throws',
      {
        ...knownLead,
        get id(): string {
          throw new Error('lazy')
        },
      },
    ],
  ]
  test.each(garbage)('fails by name where the source of leads gives %s', async (_case, found) => {
    const leads = { findLead: () => found } as unknown as LeadSource
    await expect(callsOf({ leads })[name]('l7')).rejects.toMatchObject({
      code: 'EXECUTION_FAILED',
      message: expect.stringContaining('lead l7: the source of leads') as string,
    })
  })

  test('has a typed error where reading a lead throws', async () => {
    const broken: Lead = {
      id: 'l7',
      get activity(): never {
        throw new Error('lazy loading failed')
      },
    }
    const error = await callsOf({})
      [name](broken)
      .catch((thrown: unknown) => thrown)
    expect(isMLError(error)).toBe(true)
    expect(error).toMatchObject({ message: expect.stringContaining('lazy loading failed') as string })
  })

  test('waits for a source of leads that hangs no longer than its time', async () => {
    const clock = createFakeClock()
    const asked = callsOf({ leads: { findLead: never }, clock, leadTimeoutMs: 700 })[name]('l7')
    const ended = expect(asked).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED', retryable: true })
    await settled()
    clock.advance(700)
    await ended
    expect(clock.pendingTimers).toBe(0)
  })

  const sources: readonly (readonly [string, unknown])[] = [
    ['null', null],
    ['a number', 7],
    ['an object that can do nothing', {}],
    [
      'a predictor whose version throws',
      {
        get version(): string {
          throw new Error('v')
        },
      },
    ],
  ]
  test.each(sources)('answers by its rule, each time, where models come as %s', async (_case, given) => {
    const models = { getModelPredictor: () => Promise.resolve(given) } as unknown as ModelSource
    const calls = callsOf({ models })
    for (let time = 0; time < 2; time++) {
      const { provenance } = await calls[name](buyer).then((answer) =>
        'matches' in answer ? { provenance: answer.matches[0].provenance.match } : answer,
      )
      expect(provenance).toMatchObject({ source: 'fallback', reason: expect.any(String) as string })
    }
  })
})

test('a list of leads is not looked up to its end where the source answers nobody', async () => {
  const clock = createFakeClock()
  let lookups = 0
  const findLead = () => {
    lookups++
    return never()
  }
  const scoring = new RealTimeScoring({ leads: { findLead }, clock, leadTimeoutMs: 1000 })
  const ids = Array.from({ length: 500 }, (_, number) => `l${number}`)
  const asked = scoring.scoreBatch([...ids, knownLead], acme)
  await settled()
  clock.advance(1000)
  await settled()
  clock.advance(1000)
  const { results, errors } = await asked
  expect(results.map(({ leadId }) => leadId)).toEqual(['known'])
  expect(errors.map(({ leadId }) => leadId)).toEqual(ids)
  expect(new Set(errors.map(({ error }) => error.code))).toEqual(new Set(['DEADLINE_EXCEEDED']))
  expect(lookups).toBeLessThanOrEqual(32)
})

test.each([
  ['null', () => null],
  ['a number', () => 7],
  ['a text', () => 'ab'],
  [
    'an error',
    () => {
      throw new Error('down')
    },
  ],
])('who was active of late, told as %s, fails by a typed error', async (_case, recentlyActive) => {
  const leads = { findLead: () => knownLead, recentlyActive } as unknown as LeadSource
  await expect(new RealTimeScoring({ leads }).warmUp(acme)).rejects.toMatchObject({ code: 'EXECUTION_FAILED' })
  await expect(new ChurnPredictionEngine({ leads }).highRisk(acme)).rejects.toMatchObject({ code: 'EXECUTION_FAILED' })
})

describe('a model that answers and', () => {
  const answer = { source: 'model', version: '1.0.0', value: 0.5, probabilities: [0.5, 0.5] }
  const modelsThat = (explain: () => unknown): ModelSource => ({
    getModelPredictor: () =>
      Promise.resolve({
        version: '1.0.0',
        predict: () => Promise.resolve(answer),
        predictBatch: (rows: readonly unknown[]) => Promise.resolve(rows.map(() => answer)),
        runSync: (_matrix: unknown, count: number) => ({ value: new Float64Array(count).fill(0.5) }),
        explain,
      } as unknown as ModelPredictor),
  })
  const leads = Array.from({ length: 40 }, (_, number) => ({ ...knownLead, id: `l${number}` }))

  test('never explains itself makes a batch wait for a few of its leads, not for each', async () => {
    const clock = createFakeClock()
    const startedAtMs = clock.now()
    const asked = new ChurnPredictionEngine({ models: modelsThat(never), clock }).predictBatch(leads, acme)
    let isSettled = false
    void asked.finally(() => (isSettled = true))
    for (let time = 0; time < 4 && !isSettled; time++) {
      await settled()
      clock.advance(200)
    }
    const { results } = await asked
    expect(results.map(({ topFactors, provenance }) => [topFactors, provenance.source])).toEqual(
      leads.map(() => [[], 'model']),
    )
    expect(clock.now() - startedAtMs).toBeLessThanOrEqual(800)
  })

  test('explains itself again is asked again, two seconds later', async () => {
    const clock = createFakeClock()
    let explanation: () => Promise<unknown> = never
    const engine = new ChurnPredictionEngine({ models: modelsThat(() => explanation()), clock, cache: false })
    for (let time = 0; time < 3; time++) {
      const asked = engine.predict(knownLead, acme)
      await settled()
      clock.advance(200)
      expect((await asked).factorsBy).toBeUndefined()
    }
    explanation = () =>
      Promise.resolve({ method: 'tree-shap', contributions: [{ feature: 'interactions_7d', contribution: 1 }] })
    expect((await engine.predict(knownLead, acme)).factorsBy).toBeUndefined()
    clock.advance(2000)
    expect((await engine.predict(knownLead, acme)).factorsBy).toBe('tree-shap')
  })

  test.each([
    [
      'throws anything when asked why',
      () => {
        throw new TypeError('broken')
      },
    ],
    ['never says why', never],
  ])('%s is matched without explanations', async (_case, explain) => {
    const clock = createFakeClock()
    const asked = new PropertyMatcher({ models: modelsThat(explain), clock }).match(knownLead, listings, {
      ...acme,
      minScore: 0,
      explain: true,
    })
    let isSettled = false
    void asked.finally(() => (isSettled = true))
    for (let time = 0; time < 40 && !isSettled; time++) {
      await settled()
      await new Promise(setImmediate)
      clock.advance(250)
    }
    const { matches } = await asked
    expect(matches.map(({ explanations }) => explanations)).toEqual([{}, {}])
    expect(matches[0].provenance.match.source).toBe('model')
  })
})

test('listings of which the model gives no number are ranked without it, and the answer says why', async () => {
  const models = {
    getModelPredictor: () =>
      Promise.resolve({
        version: '1.0.0',
        runSync: (_matrix: unknown, count: number) => ({ value: new Float64Array(count).fill(NaN) }),
        predictBatch: (rows: readonly unknown[]) => Promise.resolve(rows.map(() => ({ value: NaN }))),
      }),
  } as unknown as ModelSource
  const { models: shares } = await new PropertyMatcher({ models }).match(knownLead, listings, acme)
  expect(shares.property_matcher_v3).toEqual({ version: '1.0.0', answered: 0, reason: 'EXECUTION_FAILED' })
})
