// What careless and hostile callers do to the CRM services.
import { describe, expect, test } from 'vitest'
import { activityOf } from '../../src/crm/activity.ts'
import { ChurnPredictionEngine } from '../../src/crm/churn-prediction-engine.ts'
import type { ScoreEvent } from '../../src/crm/lead-score.ts'
import { RealTimeScoring } from '../../src/crm/real-time-scoring.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'
import { knownLead, leadStore, scriptedModel, settled } from '../helpers/crm-scene.ts'

const acme = { tenant: 'acme' } as const
const never = undefined as never

describe.each([
  [
    'scoring',
    () => new RealTimeScoring(),
    (service: RealTimeScoring, lead: never, options: never) => service.score(lead, options),
  ],
  [
    'churn',
    () => new ChurnPredictionEngine(),
    (service: ChurnPredictionEngine, lead: never, options: never) => service.predict(lead, options),
  ],
] as const)('%s refuses', (_name, create, ask) => {
  test.each([
    ['no lead', undefined],
    ['an empty id', ''],
    ['a number', 7],
    ['a lead without an id', { activity: {} }],
    ['a lead whose id is a number', { id: 7 }],
    ['answers that are a list', { id: 'a', answers: [] }],
    ['an activity that is null', { id: 'a', activity: null }],
    ['an id with nobody to ask for it', 'lead-1'],
  ])('%s', async (_case, lead) => {
    await expect(ask(create() as never, lead as never, acme as never)).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  })

  test.each([
    ['no options', undefined],
    ['options that are null', null],
    ['no tenant', {}],
    ['an empty tenant', { tenant: '' }],
    ['a tenant that is a number', { tenant: 7 }],
    ['an empty requestId', { tenant: 'acme', requestId: '' }],
    ['a signal that is none', { tenant: 'acme', signal: {} }],
    ['an option that there is not', { tenant: 'acme', refreshed: true }],
  ])('%s', async (_case, options) => {
    await expect(ask(create() as never, knownLead as never, options as never)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    })
  })

  test('a call whose signal is aborted already, with its reason', async () => {
    const reason = new Error('too late')
    const options = { ...acme, signal: AbortSignal.abort(reason) }
    await expect(ask(create() as never, knownLead as never, options as never)).rejects.toBe(reason)
  })
})

test.each([
  [{ models: {} }],
  [{ models: null }],
  [{ model: {} }],
  [{ leads: {} }],
  [{ leads: null }],
  [{ modelTimeoutMS: 100 }],
  [{ cache: null }],
  [{ cache: true }],
  [{ cache: { ttl: 5 } }],
  [{ clock: {} }],
  [{ now: 5 }],
  [null],
  [{ modelTimeoutMs: 0 }],
  [{ modelTimeoutMs: 'soon' }],
  [{ cache: { ttlMs: -1 } }],
  [{ cache: { maxEntries: NaN } }],
  [{ maxWaitingEvents: 0 }],
])('options %j make no service', (options) => {
  expect(() => new RealTimeScoring(options as never)).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }))
})

test.each([
  [{ every: 5 }],
  [{ everyMs: 0 }],
  // longer than a timer lasts, which would be over at once, again and again
  [{ everyMs: 2 ** 31 }],
  [{ everyMs: Infinity }],
  [{ limit: 0 }],
  [{ sinceMs: NaN }],
])('a warm-up of %j is refused before it begins', (options) => {
  const clock = createFakeClock()
  const scoring = new RealTimeScoring({ leads: leadStore([knownLead]), clock })
  expect(() => scoring.startWarmUp({ ...acme, ...options } as never)).toThrow(
    expect.objectContaining({ code: 'INPUT_INVALID' }),
  )
})

test('the options of a list of leads at risk are known by name', async () => {
  const refused = new ChurnPredictionEngine().highRisk({ ...acme, treshold: 5 } as never)
  await expect(refused).rejects.toThrow('option treshold: there is no such option; did you mean threshold?')
  expect(() => new ChurnPredictionEngine({ interventions: { daily: 3 } } as never)).toThrow('interventions.daily')
  expect(() => new ChurnPredictionEngine({ interventions: null } as never)).toThrow('option interventions')
})

test('who changes an answer or an event changes nobody else’s', async () => {
  const clock = createFakeClock()
  const scoring = new RealTimeScoring({ models: scriptedModel({ answer: () => ({ value: 60 }) }), clock })
  const heard: ScoreEvent[] = []
  scoring.subscribe('acme', (event) => void Object.assign(event, { tenant: 'rival' }))
  scoring.subscribe('acme', (event) => void heard.push(event))
  await scoring.score(knownLead, acme)
  clock.advance(0)
  expect(heard).toMatchObject([{ type: 'score_update', tenant: 'acme' }])
  expect(scoring.getHealth().events.failed).toBe(1)
  const churn = new ChurnPredictionEngine({ clock })
  const { topFactors } = await churn.predict(knownLead, acme)
  expect(topFactors.length).toBeGreaterThan(1)
  expect(() => (topFactors as unknown[]).reverse()).toThrow(TypeError)
})

test('says what a lead is that cannot be', async () => {
  const scoring = new RealTimeScoring()
  const said = (lead: unknown) => scoring.score(lead as never, acme).then(String, (error: Error) => error.message)
  expect(await said(null)).toContain('got null')
  expect(await said([])).toContain('got an array of 0')
  expect(await said({ id: 'a', activity: [1] })).toBe('lead a: activity: expected an object, got an array of 1')
  await expect(scoring.scoreBatch(null as never, acme)).rejects.toThrow('or of their ids, got null')
})

test('a long batch of quick leads is no slow service', async () => {
  const clock = createFakeClock()
  const leads = {
    findLead: (_tenant: string, id: string) => {
      clock.advance(20)
      return { id }
    },
  }
  const models = scriptedModel({ answer: () => ({ value: 60, label: 1, probabilities: [0.4, 0.6] }) })
  const ids = Array.from({ length: 50 }, (_, index) => `lead-${index}`)
  const [scoring, churn] = [
    new RealTimeScoring({ models, leads, clock }),
    new ChurnPredictionEngine({ models, leads, clock }),
  ]
  const { results } = await scoring.scoreBatch(ids, acme)
  await churn.predictBatch(ids, acme)
  expect(results[0].latencyMs).toBe(1000)
  for (const service of [scoring, churn]) {
    const { status, calls } = service.getHealth()
    expect([status, calls.successes, calls.latencyMs.max]).toEqual(['healthy', 50, 20])
  }
})

test('a batch that is no list is refused, one of anything gives an error each, one of nothing is empty', async () => {
  const scoring = new RealTimeScoring()
  await expect(scoring.scoreBatch('lead-1' as never, acme)).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  const { results, errors } = await scoring.scoreBatch([never, 7 as never, knownLead, null as never], acme)
  expect([results.length, errors.map(({ index }) => index)]).toEqual([1, [0, 1, 3]])
  expect(await scoring.scoreBatch([], acme)).toEqual({ results: [], errors: [] })
})

test('tenants with ids of each other’s making never share an answer', async () => {
  const models = scriptedModel({ answer: () => ({ value: 60 }) })
  const scoring = new RealTimeScoring({ models, clock: createFakeClock() })
  await scoring.score({ id: 'b","c' }, { tenant: 'a' })
  await scoring.score({ id: 'c' }, { tenant: 'a","b' })
  await scoring.score({ id: 'c' }, { tenant: 'a\u0000b' })
  expect(models.calls).toHaveLength(3)
})

test('a tenant gets no lead of another’s by its id', async () => {
  const scoring = new RealTimeScoring({ leads: leadStore([knownLead]) })
  expect((await scoring.score('known', acme)).leadId).toBe('known')
  await expect(scoring.score('known', { tenant: 'other' })).rejects.toMatchObject({ code: 'INPUT_INVALID' })
})

describe('a listener', () => {
  function createScoring(maxWaitingEvents = 1000) {
    const clock = createFakeClock()
    const models = scriptedModel({ answer: () => ({ value: 60 }) })
    const scoring = new RealTimeScoring({ models, clock, maxWaitingEvents })
    const heard: string[] = []
    const scoreAll = async (...ids: string[]) => {
      for (const id of ids) await scoring.score({ id }, acme)
    }
    const hear = (event: ScoreEvent) => void heard.push(event.type === 'score_update' ? event.leadId : event.type)
    return { scoring, clock, heard, hear, scoreAll }
  }

  test('that throws or rejects harms neither callers nor others', async () => {
    const { scoring, clock, heard, hear, scoreAll } = createScoring()
    scoring.subscribe('acme', () => {
      throw new Error('broken')
    })
    scoring.subscribe('acme', () => Promise.reject(new Error('broken too')))
    scoring.subscribe('acme', hear)
    await scoreAll('a', 'b')
    clock.advance(0)
    await settled()
    clock.advance(0)
    await settled()
    expect(heard).toEqual(['a', 'b'])
    expect(scoring.getHealth().events).toMatchObject({ delivered: 6, failed: 4, dropped: 0 })
  })

  test('that never finishes loses its oldest events, and others theirs not', async () => {
    const { scoring, clock, heard, hear, scoreAll } = createScoring(2)
    let finish = (): void => undefined
    const slow: string[] = []
    scoring.subscribe('acme', (event) => {
      slow.push((event as { leadId: string }).leadId)
      return new Promise((resolve) => (finish = resolve))
    })
    scoring.subscribe('acme', hear)
    for (const id of ['a', 'b', 'c', 'd']) {
      await scoreAll(id)
      clock.advance(0)
    }
    expect([slow, heard]).toEqual([['a'], ['a', 'b', 'c', 'd']])
    expect(scoring.getHealth().events.dropped).toBe(1)
    finish()
    await settled()
    clock.advance(0)
    expect(slow).toEqual(['a', 'c'])
  })

  test('that has left hears nothing more, and one that comes back hears what is new', async () => {
    const { scoring, clock, heard, hear, scoreAll } = createScoring()
    const leave = scoring.subscribe('acme', hear)
    await scoreAll('a')
    leave()
    leave()
    clock.advance(0)
    expect(heard).toEqual([])
    scoring.subscribe('acme', hear)
    await scoreAll('b')
    clock.advance(0)
    expect(heard).toEqual(['b'])
  })

  test('that scores again when it hears of a score does not hold the turn for itself', async () => {
    const { scoring, clock, heard, scoreAll } = createScoring()
    scoring.subscribe('acme', (event) => {
      heard.push((event as { leadId: string }).leadId)
      void scoring.score({ id: `${heard.length}` }, acme)
    })
    await scoreAll('a')
    clock.advance(0)
    expect(heard).toEqual(['a'])
    await settled()
    clock.advance(0)
    expect(heard).toEqual(['a', '1'])
  })

  test('gets what waits for it when the service closes, and no more', async () => {
    const { scoring, clock, heard, hear, scoreAll } = createScoring()
    scoring.subscribe('acme', hear)
    await scoreAll('a')
    await scoring.close()
    expect(heard).toEqual(['a'])
    clock.advance(1000)
    expect([heard, clock.pendingTimers]).toEqual([['a'], 0])
    expect(() => scoring.subscribe('acme', hear)).toThrow(expect.objectContaining({ code: 'CLOSED' }))
  })

  test('that is no function is refused', () => {
    expect(() => new RealTimeScoring().subscribe('acme', never)).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID' }),
    )
  })
})

test.each([
  [{ threshold: 101 }],
  [{ threshold: NaN }],
  [{ limit: 0 }],
  [{ examined: '9' }],
  [{ sinceMs: -1 }],
  [{ leads: 'lead-1' }],
])('a high-risk list with %j is refused', async (options) => {
  const asked = new ChurnPredictionEngine({ leads: leadStore([knownLead]) }).highRisk({
    ...acme,
    ...(options as object),
  })
  await expect(asked).rejects.toMatchObject({ code: 'INPUT_INVALID' })
})

test.each([[{ limit: 0 }], [{ sinceMs: NaN }]])('a warm-up with %j is refused', async (options) => {
  const asked = new RealTimeScoring({ leads: leadStore([knownLead]) }).warmUp({ ...acme, ...options })
  await expect(asked).rejects.toMatchObject({ code: 'INPUT_INVALID' })
})

test('warming up without anybody who knows who was active is refused', async () => {
  await expect(new RealTimeScoring().warmUp(acme)).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  const leads = { findLead: () => undefined }
  await expect(new RealTimeScoring({ leads }).warmUp(acme)).rejects.toMatchObject({ code: 'INPUT_INVALID' })
})

test('a warm-up whose caller stops it sets no further timer', async () => {
  const clock = createFakeClock()
  const scoring = new RealTimeScoring({ clock, leads: leadStore([knownLead]) })
  const controller = new AbortController()
  scoring.startWarmUp({ ...acme, signal: controller.signal })
  const stop = scoring.startWarmUp(acme)
  controller.abort()
  stop()
  expect(clock.pendingTimers).toBe(0)
  const reason = new Error('too late')
  expect(() => scoring.startWarmUp({ ...acme, signal: AbortSignal.abort(reason) })).toThrow(reason)
  expect(clock.pendingTimers).toBe(0)
})

test.each([
  [[{ kind: 'danced', at: 0 }]],
  [[{ kind: 'message', at: '2026-01-01' }]],
  [[{ kind: 'message', at: NaN }]],
  [[{ kind: '__proto__', at: 0 }]],
])('events %j are refused', (events) => {
  expect(() => activityOf(events as never, { now: 1 })).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }))
})

test('a now that is no number is refused', () => {
  expect(() => activityOf([], { now: NaN })).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }))
})
