// Scoring of leads by a scripted model and by the rule: numbers, cache, tenants, batches, factors, events.
import { describe, expect, test } from 'vitest'
import { RealTimeScoring, type ScoringOptions } from '../../src/crm/real-time-scoring.ts'
import type { ScoreEvent } from '../../src/crm/lead-score.ts'
import { createError } from '../../src/errors.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'
import { knownLead, leadStore, scriptedModel, settled } from '../helpers/crm-scene.ts'

const acme = { tenant: 'acme' } as const
const answersOf = (score: number) => scriptedModel({ answer: () => ({ value: score }) })

function createScoring(options: ScoringOptions = {}) {
  const clock = createFakeClock()
  const scoring = new RealTimeScoring({ clock, now: () => Date.UTC(2026, 0, 2), ...options })
  return { scoring, clock }
}

test('answers with the model’s score, tier, confidence and provenance', async () => {
  const models = answersOf(90)
  const { scoring } = createScoring({ models })
  expect(await scoring.score(knownLead, { ...acme, requestId: 'r-1' })).toEqual({
    leadId: 'known',
    tenant: 'acme',
    score: 90,
    tier: 'hot',
    // 6 of 10 inputs are known: three answers, engagement, responses and views
    confidence: expect.closeTo(0.6 * 0.6 + 0.4 * 0.8, 12),
    provenance: { model: 'lead_scorer_v2', version: '1.0.0', source: 'model' },
    at: '2026-01-02T00:00:00.000Z',
    latencyMs: 0,
    requestId: 'r-1',
  })
  expect(models.calls[0].rows[0]).toEqual({
    budget_provided: 1,
    location_specified: 1,
    timeline_confirmed: 1,
    property_requirements: 0,
    financing_status: 0,
    motivation_shared: 0,
    home_condition_shared: 0,
    engagement_score: expect.closeTo(57.5, 12),
    response_rate: 0.8,
    property_views: 5,
  })
  expect(models.calls[0].options).toMatchObject({ tenant: 'acme', requestId: 'r-1' })
})

test('answers by the rule where there are no models, with the rule’s own parts', async () => {
  const { scoring } = createScoring()
  const { score, tier, confidence, provenance, factors } = await scoring.score(knownLead, { ...acme, factors: true })
  // three answers are worth 50, two of them 30; confidence 0.36 + 0 asks 60 of a warm lead
  expect({ score, tier, confidence }).toEqual({ score: 50, tier: 'cold', confidence: expect.closeTo(0.36, 12) })
  expect(provenance).toEqual({
    model: 'lead_scorer_v2',
    version: null,
    source: 'fallback',
    rule: 'rule_based_lead_scorer',
    reason: 'MODEL_NOT_FOUND',
  })
  expect(factors).toEqual({
    by: 'rule',
    top: ['budget_provided', 'location_specified', 'timeline_confirmed'].map((feature) => ({
      feature,
      value: 1,
      contribution: 20,
      weight: 1 / 3,
    })),
  })
})

describe('falls back to the rule where', () => {
  const refused = createError('MODEL_LOAD_FAILED', 'no such file')
  test.each([
    ['no model is found', { getModelPredictor: () => Promise.reject(refused) }, 'MODEL_LOAD_FAILED'],
    [
      'the source of models throws',
      {
        getModelPredictor: () => {
          throw new Error('broken')
        },
      },
      'MODEL_LOAD_FAILED',
    ],
    [
      'predict rejects',
      scriptedModel({ answer: () => Promise.reject(createError('BREAKER_OPEN', 'open')) }),
      'BREAKER_OPEN',
    ],
    [
      'predict throws what is no error of ours',
      scriptedModel({ answer: () => Promise.reject(new TypeError('x')) }),
      'EXECUTION_FAILED',
    ],
    ['the answer has no value', scriptedModel({ answer: () => ({ label: 'hot' }) }), 'EXECUTION_FAILED'],
    ['the value is NaN', answersOf(NaN), 'EXECUTION_FAILED'],
    [
      'the model refuses the row, as one of other features does',
      scriptedModel({ answer: () => Promise.reject(createError('INPUT_INVALID', 'no such feature')) }),
      'INPUT_INVALID',
    ],
  ])('%s', async (_case, models, reason) => {
    const { scoring } = createScoring({ models })
    const { score, provenance } = await scoring.score(knownLead, acme)
    expect([score, provenance.source, provenance.reason]).toEqual([50, 'fallback', reason])
    expect(scoring.getHealth()).toMatchObject({ status: 'degraded', sources: { model: 0, cache: 0, fallback: 1 } })
  })

  test('the model takes too long, whether it is looked up or asked', async () => {
    const never = () => new Promise<never>(() => undefined)
    for (const models of [{ getModelPredictor: never }, scriptedModel({ answer: never })]) {
      const { scoring, clock } = createScoring({ models })
      const asked = scoring.score(knownLead, acme)
      await settled()
      clock.advance(200)
      expect((await asked).provenance).toMatchObject({ source: 'fallback', reason: 'DEADLINE_EXCEEDED' })
      expect(clock.pendingTimers).toBe(0)
    }
  })
})

describe('remembers', () => {
  test('a score by the model for its tenant, lead, version and features alone', async () => {
    const models = answersOf(60)
    const { scoring, clock } = createScoring({ models })
    const sourceOf = async (lead = knownLead, tenant = 'acme') =>
      (await scoring.score(lead, { tenant })).provenance.source
    expect(await sourceOf()).toBe('model')
    expect(await sourceOf()).toBe('cache')
    expect(await sourceOf(knownLead, 'other')).toBe('model')
    expect(await sourceOf({ ...knownLead, id: 'twin' })).toBe('model')
    expect(await sourceOf({ ...knownLead, answers: {} })).toBe('model')
    models.version = '1.1.0'
    expect(await sourceOf()).toBe('model')
    expect(await sourceOf()).toBe('cache')
    clock.advance(300_000)
    expect(await sourceOf()).toBe('model')
    expect(scoring.getHealth().cache).toMatchObject({ hits: 2, misses: 6, hitRate: 0.25 })
  })

  test('no more than maxEntries, the latest used ones', async () => {
    const models = answersOf(60)
    const { scoring } = createScoring({ models, cache: { maxEntries: 2 } })
    for (const id of ['a', 'b', 'a', 'c', 'a', 'b']) await scoring.score({ id }, acme)
    // a, b and c are computed, a twice remembered, b was given up for c
    expect(models.calls).toHaveLength(4)
    expect(scoring.getHealth().cache.entryCount).toBe(2)
  })

  test('nothing that the rule answered', async () => {
    let isBroken = true
    const models = scriptedModel({
      answer: () => {
        if (isBroken) throw createError('EXECUTION_FAILED', 'broken')
        return { value: 77 }
      },
    })
    const { scoring } = createScoring({ models })
    expect((await scoring.score(knownLead, acme)).score).toBe(50)
    isBroken = false
    expect((await scoring.score(knownLead, acme)).score).toBe(77)
  })

  test('nothing with cache: false, and computes anew on refresh', async () => {
    const models = answersOf(60)
    const { scoring } = createScoring({ models, cache: false })
    await scoring.score(knownLead, acme)
    await scoring.score(knownLead, acme)
    expect(models.calls).toHaveLength(2)
    const keeping = createScoring({ models }).scoring
    await keeping.score(knownLead, acme)
    expect((await keeping.score(knownLead, { ...acme, refresh: true })).provenance.source).toBe('model')
    expect((await keeping.score(knownLead, acme)).provenance.source).toBe('cache')
  })
})

test('asks the model once for equal calls at once, and counts who shared', async () => {
  const models = answersOf(60)
  const { scoring } = createScoring({ models })
  const scores = await Promise.all(Array.from({ length: 50 }, () => scoring.score(knownLead, acme)))
  expect(models.calls).toHaveLength(1)
  expect(new Set(scores.map(({ score }) => score))).toEqual(new Set([60]))
  expect(scoring.getHealth()).toMatchObject({
    calls: { successes: 50 },
    cache: { hits: 0, misses: 1, coalesced: 49 },
  })
})

describe('explains by the model', () => {
  const contributions = { budget_provided: 0.5, engagement_score: -2, response_rate: 0 }

  test('on request alone, the weightiest first, and remembers it', async () => {
    const models = scriptedModel({ answer: () => ({ value: 60 }), contributions })
    const { scoring } = createScoring({ models })
    expect(await scoring.score(knownLead, acme)).not.toHaveProperty('factors')
    expect(models.explainCount).toBe(0)
    const explained = async () => (await scoring.score(knownLead, { ...acme, factors: true })).factors
    expect(await explained()).toEqual({
      by: 'tree-shap',
      top: [
        { feature: 'engagement_score', value: expect.closeTo(57.5, 12), contribution: -2, weight: 0.8 },
        { feature: 'budget_provided', value: 1, contribution: 0.5, weight: 0.2 },
      ],
    })
    expect(await explained()).toBeDefined()
    expect(models.explainCount).toBe(1)
  })

  test('not at all where it cannot, rather than by the parts of a rule that did not answer', async () => {
    const { scoring } = createScoring({ models: answersOf(60) })
    const score = await scoring.score(knownLead, { ...acme, factors: true })
    expect(score).toMatchObject({ score: 60, provenance: { source: 'model' } })
    expect(score).not.toHaveProperty('factors')
  })
})

describe('the predictor', () => {
  test('is asked for once a second, since registries make a new one for whoever asks', async () => {
    const models = answersOf(60)
    let lookups = 0
    const counted = {
      getModelPredictor(name: string) {
        lookups++
        return models.getModelPredictor(name)
      },
    }
    const { scoring, clock } = createScoring({ models: counted, cache: false })
    for (const wanted of [1, 1, 2]) {
      await scoring.score(knownLead, acme)
      expect(lookups).toBe(wanted)
      clock.advance(500)
    }
  })

  test('is asked for anew once it has failed, as one that was closed does', async () => {
    const closed = scriptedModel({ answer: () => Promise.reject(createError('CLOSED', 'closed')) })
    const sources = [closed, answersOf(60)]
    const models = { getModelPredictor: (name: string) => (sources.shift() as typeof closed).getModelPredictor(name) }
    const { scoring } = createScoring({ models })
    const sourceOf = async () => (await scoring.score(knownLead, acme)).provenance.source
    expect([await sourceOf(), await sourceOf()]).toEqual(['fallback', 'model'])
  })
})

describe('a batch', () => {
  const models = scriptedModel({ answer: ({ property_views: views }) => ({ value: 10 * views }) })
  const viewing = (id: string, propertyViews30d: number) => ({ id, activity: { propertyViews30d } })
  const good = [viewing('one', 1), viewing('two', 2), viewing('three', 3)]

  test('of five ids of which two are bad gives three results and two errors, in order', async () => {
    const leads = leadStore([...good, viewing('bad', -1)])
    const { scoring } = createScoring({ models, leads })
    const { results, errors } = await scoring.scoreBatch(['one', 'nobody', 'two', 'bad', 'three'], acme)
    expect(results.map(({ leadId, score }) => [leadId, score])).toEqual([
      ['one', 10],
      ['two', 20],
      ['three', 30],
    ])
    expect(errors).toMatchObject([
      { index: 1, leadId: 'nobody', error: { code: 'INPUT_INVALID' } },
      { index: 3, leadId: 'bad', error: { code: 'INPUT_INVALID' } },
    ])
    expect(scoring.getHealth().calls).toMatchObject({ successes: 3, rejected: 2 })
  })

  test('asks the model once, for those that are not remembered', async () => {
    models.calls.length = 0
    const { scoring } = createScoring({ models })
    await scoring.score(good[1], acme)
    const { results } = await scoring.scoreBatch([...good, good[0]], acme)
    expect(results.map(({ provenance, score }) => [provenance.source, score])).toEqual([
      ['model', 10],
      ['cache', 20],
      ['model', 30],
      ['model', 10],
    ])
    expect(models.calls.map(({ rows }) => rows.length)).toEqual([1, 2])
  })

  test('is answered by the rule for the rows alone that the model fails on', async () => {
    const failing = scriptedModel({
      answer({ property_views: views }) {
        if (views === 2) throw createError('EXECUTION_FAILED', 'that row')
        return { value: 80 }
      },
    })
    const { scoring } = createScoring({ models: failing })
    const { results } = await scoring.scoreBatch(good, acme)
    expect(results.map(({ provenance, score }) => [provenance.source, score])).toEqual([
      ['model', 80],
      ['fallback', 5],
      ['model', 80],
    ])
  })

  test('takes the failure of the source for one lead as that lead’s error', async () => {
    const { scoring } = createScoring({
      models,
      leads: {
        findLead(_tenant, id) {
          if (id === 'two') throw new Error('connection lost')
          return viewing(id, 1)
        },
      },
    })
    const { results, errors } = await scoring.scoreBatch(['one', 'two'], acme)
    expect(results).toHaveLength(1)
    expect(errors).toMatchObject([{ leadId: 'two', error: { code: 'EXECUTION_FAILED' } }])
  })
})

describe('subscribers', () => {
  test('hear of new scores of their tenant, later', async () => {
    const { scoring, clock } = createScoring({ models: answersOf(90) })
    const heard: ScoreEvent[] = []
    scoring.subscribe('acme', (event) => void heard.push(event))
    await scoring.score(knownLead, acme)
    await scoring.score(knownLead, { tenant: 'other' })
    expect(heard).toEqual([])
    clock.advance(0)
    expect(heard).toMatchObject([{ type: 'score_update', tenant: 'acme', leadId: 'known', score: 90, tier: 'hot' }])
    await scoring.score(knownLead, acme)
    clock.advance(0)
    expect(heard).toHaveLength(1)
  })

  test('hear once of a batch, of its count and mean', async () => {
    const { scoring, clock } = createScoring({ models: answersOf(40) })
    const heard: ScoreEvent[] = []
    scoring.subscribe('acme', (event) => void heard.push(event))
    await scoring.scoreBatch([knownLead, 'unknown', { id: 'b' }], acme)
    clock.advance(0)
    expect(heard).toEqual([
      {
        type: 'batch_complete',
        tenant: 'acme',
        count: 2,
        errorCount: 1,
        meanScore: 40,
        at: '2026-01-02T00:00:00.000Z',
      },
    ])
  })
})

describe('warm-up', () => {
  test('scores recently active leads that are not remembered', async () => {
    const models = answersOf(60)
    const leads = leadStore([knownLead, { id: 'b' }, { id: 'c', activity: { responseRate30d: 7 } }])
    const { scoring } = createScoring({ models, leads })
    await scoring.score('known', acme)
    expect(await scoring.warmUp(acme)).toEqual({ scored: 1, known: 1, failed: 1 })
    expect(await scoring.warmUp(acme)).toEqual({ scored: 0, known: 2, failed: 1 })
    expect((await scoring.score('b', acme)).provenance.source).toBe('cache')
  })

  test('runs every five minutes until the service closes, a minute after a failure', async () => {
    const models = answersOf(60)
    const leads = leadStore([knownLead])
    let isDown = false
    const source = {
      findLead: leads.findLead.bind(leads),
      recentlyActive() {
        if (isDown) throw new Error('down')
        return ['known']
      },
    }
    const { scoring, clock } = createScoring({ models, leads: source, cache: { ttlMs: 1 } })
    scoring.startWarmUp(acme)
    for (const [minutes, calls] of [
      [4, 0],
      [1, 1],
      [5, 2],
    ] as const) {
      clock.advance(minutes * 60_000)
      await settled()
      expect(models.calls).toHaveLength(calls)
    }
    isDown = true
    clock.advance(300_000)
    await settled()
    isDown = false
    clock.advance(60_000)
    await settled()
    expect(models.calls).toHaveLength(3)
    await scoring.close()
    expect(clock.pendingTimers).toBe(0)
  })
})

describe('ends', () => {
  test('a call at once when its caller leaves, and lets the others have the answer', async () => {
    let release = (): void => undefined
    const models = scriptedModel({ answer: () => new Promise((resolve) => (release = () => resolve({ value: 33 }))) })
    const { scoring } = createScoring({ models })
    const controller = new AbortController()
    const leaving = scoring.score(knownLead, { ...acme, signal: controller.signal })
    const staying = scoring.score(knownLead, acme)
    await settled()
    const reason = new Error('gone')
    controller.abort(reason)
    await expect(leaving).rejects.toBe(reason)
    release()
    expect((await staying).score).toBe(33)
    expect(scoring.getHealth().calls).toMatchObject({ aborted: 1, successes: 1 })
  })

  test('pending calls and all later ones with CLOSED when the service closes, twice being fine', async () => {
    const models = scriptedModel({ answer: () => new Promise(() => undefined) })
    const { scoring, clock } = createScoring({ models })
    const pending = scoring.score(knownLead, acme)
    await settled()
    await scoring.close()
    await scoring[Symbol.asyncDispose]()
    await expect(pending).rejects.toMatchObject({ code: 'CLOSED' })
    await expect(scoring.score(knownLead, acme)).rejects.toMatchObject({ code: 'CLOSED' })
    clock.advance(200)
    await settled()
    expect(clock.pendingTimers).toBe(0)
  })
})
