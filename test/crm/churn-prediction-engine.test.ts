// Churn by a scripted model and by the rule: risks, tiers, urgency, actions, factors, cache, batches, high-risk list.
import { describe, expect, test } from 'vitest'
import { ChurnPredictionEngine, type ChurnEngineOptions } from '../../src/crm/churn-prediction-engine.ts'
import { createError } from '../../src/errors.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'
import { busyActivity, knownLead, leadStore, scriptedModel, settled } from '../helpers/crm-scene.ts'

const acme = { tenant: 'acme' } as const

/** Risks within 7, 14 and 30 days. */
function answering(risks: readonly [number, number, number], contributions?: Readonly<Record<string, number>>) {
  return scriptedModel({
    classes: [0, 1],
    answer({ horizon_days: days }) {
      const probability = risks[[7, 14, 30].indexOf(days)]
      return { label: Number(probability >= 0.5), probabilities: [1 - probability, probability] }
    },
    ...(contributions !== undefined && { contributions }),
  })
}

function createEngine(options: ChurnEngineOptions = {}) {
  const clock = createFakeClock()
  const time = { now: Date.UTC(2026, 0, 2) }
  const engine = new ChurnPredictionEngine({ clock, now: () => time.now, ...options })
  return { engine, clock, time }
}

test('answers by the model with risks, score, tier, urgency, actions, factors and provenance', async () => {
  const models = answering([0.5, 0.7, 0.9], {
    horizon_days: 3,
    days_since_last_interaction: 1.5,
    response_rate_7d: -0.3,
    stage_stagnation_days: 0.15,
    email_open_rate: 0.05,
  })
  const { engine } = createEngine({ models })
  expect(await engine.predict(knownLead, acme)).toEqual({
    leadId: 'known',
    tenant: 'acme',
    risks: { 7: 50, 14: expect.closeTo(70, 9), 30: 90 },
    score: expect.closeTo(0.5 * 50 + 0.3 * 70 + 0.2 * 90, 9),
    tier: 'high',
    urgency: 'urgent',
    // the second factor keeps the lead, the third weighs 0.075
    actions: ['call-tomorrow', 'picked-listings', 'other-channel'],
    topFactors: [
      { feature: 'days_since_last_interaction', value: 3, contribution: 1.5, weight: expect.closeTo(0.75, 12) },
      { feature: 'response_rate_7d', value: 0.6, contribution: -0.3, weight: expect.closeTo(0.15, 12) },
      { feature: 'stage_stagnation_days', value: 12, contribution: 0.15, weight: expect.closeTo(0.075, 12) },
      { feature: 'email_open_rate', value: 0.5, contribution: 0.05, weight: expect.closeTo(0.025, 12) },
    ],
    factorsBy: 'tree-shap',
    confidence: expect.closeTo(0.6 + 0.4 * 0.4, 9),
    provenance: { model: 'churn_predictor_v2', version: '1.0.0', source: 'model' },
    at: '2026-01-02T00:00:00.000Z',
    latencyMs: 0,
  })
  expect(models.calls).toHaveLength(1)
  expect(models.calls[0].rows.map((row) => (row as { horizon_days: number }).horizon_days)).toEqual([7, 14, 30])
})

test('answers by the rule where there are no models: the worked case', async () => {
  const { engine } = createEngine()
  const { risks, score, tier, urgency, topFactors, factorsBy, provenance, confidence } = await engine.predict(
    knownLead,
    acme,
  )
  // idle 30·3/30 = 3; trend 15·0.2 = 3; stagnation 10·12/30 = 4
  // 7 days: 25·(7−5)/7 + 20·0.4 = 15.142857; 14: 25·6/14 + 20·0.3 = 16.714286; 30: 25·11/21 + 20·0.2 = 17.095238
  expect(risks).toEqual({
    7: expect.closeTo(25.142857, 5),
    14: expect.closeTo(26.714286, 5),
    30: expect.closeTo(27.095238, 5),
  })
  expect(score).toBeCloseTo(26.0048, 3)
  expect([tier, urgency, factorsBy]).toEqual(['low', 'low', 'rule'])
  expect(topFactors.map(({ feature, contribution }) => [feature, Number(contribution.toFixed(5))])).toEqual([
    ['interactions_14d', 0.10714],
    ['response_rate_14d', 0.06],
    ['stage_stagnation_days', 0.04],
    ['days_since_last_interaction', 0.03],
    ['engagement_trend', 0.03],
  ])
  expect(provenance).toMatchObject({ source: 'fallback', rule: 'engagement_threshold_predictor', version: null })
  // all is known, yet a rule says no more than 0.6 of itself
  expect(confidence).toBe(0.6)
})

test('never lets a risk fall with the horizon, by the rule either', async () => {
  const { engine } = createEngine()
  // silent this week after a busy month: the rule alone gives 55, 25 and 14
  const lead = {
    id: 'lapsed',
    activity: { ...busyActivity, interactions7d: 0, interactions14d: 9, interactions30d: 40, responseRate7d: 0 },
  }
  const { risks } = await engine.predict(lead, acme)
  expect(risks[7]).toBeCloseTo(55, 9)
  expect([risks[14], risks[30]]).toEqual([risks[7], risks[7]])
})

test('takes one answer by the rule among a lead’s three as the rule’s for all three', async () => {
  const models = scriptedModel({
    answer({ horizon_days: days }) {
      if (days === 30) throw createError('EXECUTION_FAILED', 'that row')
      return { probabilities: [0, 1] }
    },
  })
  const { engine } = createEngine({ models })
  const { risks, provenance, factorsBy } = await engine.predict(knownLead, acme)
  expect(risks[7]).toBeCloseTo(25.142857, 5)
  expect(provenance).toMatchObject({ source: 'fallback', reason: 'EXECUTION_FAILED' })
  expect(factorsBy).toBe('rule')
})

describe('falls back to the rule where', () => {
  test.each([
    [
      'no model is found',
      { getModelPredictor: () => Promise.reject(createError('CHECKSUM_MISMATCH', 'bad')) },
      'CHECKSUM_MISMATCH',
    ],
    ['predict rejects', scriptedModel({ answer: () => Promise.reject(createError('CLOSED', 'closed')) }), 'CLOSED'],
    ['there are no probabilities', scriptedModel({ answer: () => ({ value: 0.5 }) }), 'EXECUTION_FAILED'],
    ['a probability is NaN', scriptedModel({ answer: () => ({ probabilities: [NaN, NaN] }) }), 'EXECUTION_FAILED'],
  ])('%s', async (_case, models, reason) => {
    const { engine } = createEngine({ models })
    const { provenance, risks } = await engine.predict(knownLead, acme)
    expect(provenance).toMatchObject({ source: 'fallback', reason })
    expect(risks[14]).toBeCloseTo(26.714286, 5)
    expect(engine.getHealth().status).toBe('degraded')
  })
})

test('answers without factors where the model cannot explain itself or takes too long for it', async () => {
  const models = answering([0.1, 0.2, 0.3])
  const { engine } = createEngine({ models })
  const { topFactors, actions, ...rest } = await engine.predict(knownLead, acme)
  expect([topFactors, actions]).toEqual([[], ['keep-in-touch']])
  expect(rest).not.toHaveProperty('factorsBy')

  const source = answering([0.1, 0.2, 0.3])
  const predictor = await source.getModelPredictor('churn_predictor_v2')
  predictor.explain = () => new Promise(() => undefined)
  const slow = createEngine({ models: { getModelPredictor: () => Promise.resolve(predictor) } })
  const asked = slow.engine.predict(knownLead, acme)
  await settled()
  slow.clock.advance(200)
  expect((await asked).topFactors).toEqual([])
})

test('remembers for four hours with factors, by tenant, lead, version and features, and predicts anew on refresh', async () => {
  const models = answering([0.1, 0.2, 0.3], { engagement_trend: 1 })
  const { engine, clock } = createEngine({ models })
  const sourceOf = async (options: object = {}, lead = knownLead) =>
    (await engine.predict(lead, { ...acme, ...options })).provenance.source
  expect(await sourceOf()).toBe('model')
  clock.advance(4 * 3_600_000 - 1)
  expect(await sourceOf()).toBe('cache')
  expect((await engine.predict(knownLead, acme)).topFactors).toHaveLength(1)
  expect(await sourceOf({ refresh: true })).toBe('model')
  expect(await sourceOf({ tenant: 'other' })).toBe('model')
  expect(await sourceOf({}, { ...knownLead, activity: { ...busyActivity, savedProperties: 9 } })).toBe('model')
  models.version = '2.0.0'
  expect(await sourceOf()).toBe('model')
  clock.advance(4 * 3_600_000)
  expect(await sourceOf()).toBe('model')
  expect(engine.getHealth().cache).toMatchObject({ hits: 2, misses: 6 })
})

describe('a batch', () => {
  test('of five ids of which two are bad gives three results and two errors, in order', async () => {
    const leads = leadStore([
      { id: 'a' },
      { id: 'b' },
      { id: 'bad', activity: { callPickupRate: 2 } },
      { id: 'c', activity: busyActivity },
    ])
    const { engine } = createEngine({ models: answering([0.1, 0.2, 0.3]), leads })
    const { results, errors } = await engine.predictBatch(['a', 'nobody', 'b', 'bad', 'c'], acme)
    expect(results.map(({ leadId }) => leadId)).toEqual(['a', 'b', 'c'])
    expect(errors).toMatchObject([
      { index: 1, leadId: 'nobody', error: { code: 'INPUT_INVALID' } },
      { index: 3, leadId: 'bad', error: { code: 'INPUT_INVALID' } },
    ])
  })

  test('asks the model for 50 leads at a time, three rows each, and lets others in between', async () => {
    const models = answering([0.1, 0.2, 0.3])
    const { engine, clock } = createEngine({ models })
    const batch = engine.predictBatch(
      Array.from({ length: 120 }, (_, index) => ({ id: `lead-${index}` })),
      acme,
    )
    for (let chunk = 0; chunk < 3; chunk++) {
      for (let turn = 0; turn < 40; turn++) await settled()
      expect(models.calls).toHaveLength(chunk + 1)
      clock.advance(0)
    }
    const { results } = await batch
    expect(results.map(({ leadId }) => leadId)).toEqual(Array.from({ length: 120 }, (_, index) => `lead-${index}`))
    expect(models.calls.map(({ rows }) => rows.length)).toEqual([150, 150, 60])
  })
})

describe('the high-risk list', () => {
  const leads = ['a', 'b', 'c', 'd'].map((id, index) => ({ id, activity: { savedProperties: index } }))
  const models = scriptedModel({
    answer: ({ saved_properties_count: saved }) => {
      const probability = [0.65, 0.2, 0.9, 0.6][saved]
      return { probabilities: [1 - probability, probability] }
    },
  })

  test('holds leads from the threshold on, the riskiest first', async () => {
    const { engine } = createEngine({ models, leads: leadStore(leads) })
    const idsOf = async (options: object) =>
      (await engine.highRisk({ ...acme, ...options })).results.map(({ leadId }) => leadId)
    expect(await idsOf({})).toEqual(['c', 'a', 'd'])
    expect(await idsOf({ limit: 1 })).toEqual(['c'])
    expect(await idsOf({ threshold: 0 })).toEqual(['c', 'a', 'd', 'b'])
    expect(await idsOf({ leads: ['b', 'd'] })).toEqual(['d'])
    expect(await engine.highRisk({ ...acme, leads: ['a', 'nobody'] })).toMatchObject({
      examined: 2,
      errors: [{ leadId: 'nobody' }],
    })
  })

  test('needs leads, or somebody who knows who was active', async () => {
    const { engine } = createEngine({ models })
    await expect(engine.highRisk(acme)).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  })
})

test('counts at most three interventions a lead and day, by tenant', async () => {
  const { engine, time } = createEngine({ interventions: true })
  const taken = () => engine.recordIntervention('known', acme)
  expect((await engine.predict(knownLead, acme)).interventionsLeft).toBe(3)
  expect([taken(), taken(), taken(), taken()]).toEqual([true, true, true, false])
  expect((await engine.predict(knownLead, acme)).interventionsLeft).toBe(0)
  expect((await engine.predict(knownLead, { tenant: 'other' })).interventionsLeft).toBe(3)
  time.now += 86_400_000
  expect((await engine.predict(knownLead, acme)).interventionsLeft).toBe(3)
  expect(taken()).toBe(true)
  expect(() => createEngine().engine.recordIntervention('known', acme)).toThrow(
    expect.objectContaining({ code: 'UNSUPPORTED' }),
  )
})

test('ends when the caller leaves, and for all when it closes', async () => {
  const models = scriptedModel({ answer: () => new Promise(() => undefined) })
  const { engine, clock } = createEngine({ models })
  const controller = new AbortController()
  const leaving = engine.predict(knownLead, { ...acme, signal: controller.signal })
  const staying = engine.predictBatch([knownLead], acme)
  await settled()
  const reason = new Error('gone')
  controller.abort(reason)
  await expect(leaving).rejects.toBe(reason)
  await engine.close()
  await engine[Symbol.asyncDispose]()
  await expect(staying).rejects.toMatchObject({ code: 'CLOSED' })
  clock.advance(200)
  await settled()
  expect(clock.pendingTimers).toBe(0)
})
