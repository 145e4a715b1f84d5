import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { KeyvLike } from '../../src/cache/cache-port.ts'
import { createError } from '../../src/errors.ts'
import type { Prediction } from '../../src/rows/prediction.ts'
import type { ModelPredictor } from '../../src/runtime/predictor.ts'
import { heldOut } from '../helpers/artifacts.ts'
import { createHandDrivenModel, type HandDrivenOptions, settleMicrotasks } from '../helpers/hand-driven-model.ts'

const { rows } = heldOut('telco_churn')

/** Answers in a Keyv carry the time of day, and cockatiel reads it to half-open. */
beforeEach(() => vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => void vi.useRealTimers())

/** A store elsewhere, with a list of the keys of each lookup. */
function createKeyv(): { keyv: KeyvLike; entries: Map<string, string>; lookups: string[][] } {
  const entries = new Map<string, string>()
  const lookups: string[][] = []
  const keyv: KeyvLike = {
    get(key) {
      lookups.push([key])
      return Promise.resolve(entries.get(key))
    },
    getMany(keys) {
      lookups.push(keys)
      return Promise.resolve(keys.map((key) => entries.get(key)))
    },
    set: (key, text) => Promise.resolve(entries.set(key, text)),
  }
  return { keyv, entries, lookups }
}

function sourcesOf(entries: readonly unknown[]): unknown[] {
  return entries.map((entry) => (entry as { readonly source?: unknown }).source)
}

/** Answers rows by the model, so that the cache has them. */
async function warm(predictor: ModelPredictor, endTurn: () => Promise<void>, count: number): Promise<void> {
  const answers = predictor.predictBatch(rows.slice(0, count), { useCache: true })
  await endTurn()
  await answers
}

async function settled<Result>(answer: Promise<Result>, endTurn: () => Promise<void>): Promise<Result> {
  await endTurn()
  return answer
}

const places = ['memory', 'a Keyv'] as const

function cachingIn(place: (typeof places)[number], options: object = {}): HandDrivenOptions['caching'] {
  return place === 'memory' ? options : { keyv: createKeyv().keyv, ...options }
}

describe.each(places)('cached, in %s', (place) => {
  it('runs only the rows of a batch that the cache does not have', async () => {
    const { predictor, calls, endTurn } = await createHandDrivenModel({ caching: cachingIn(place) })
    await warm(predictor, endTurn, 12)
    const entries = await settled(predictor.predictBatch(rows.slice(0, 20), { useCache: true }), endTurn)
    expect(calls).toEqual([12, 8])
    expect(sourcesOf(entries)).toEqual([...Array<string>(12).fill('cache'), ...Array<string>(8).fill('model')])
    const scores = (entries as Prediction[]).map((entry) => entry.scores?.[0])
    expect(scores).toEqual([...Array(12).keys(), ...Array(8).keys()])
  })

  it('runs a row once that predict and predictBatch ask for at the same time, and twice in one batch', async () => {
    const { predictor, calls, endTurn } = await createHandDrivenModel({ caching: cachingIn(place) })
    const lone = predictor.predict(rows[1], { useCache: true })
    const batch = predictor.predictBatch([rows[0], rows[1], rows[2], { ...rows[0] }], { useCache: true })
    const another = predictor.predict(rows[2], { useCache: true })
    await endTurn()
    const entries = [await lone, ...(await batch), await another]
    expect(calls).toEqual([3])
    expect(entries.map((entry) => (entry as Prediction).scores?.[0])).toEqual([0, 1, 0, 2, 1, 2])
    expect(predictor.getHealth().stats.cache).toMatchObject({ misses: 3, coalesced: 3 })
  })

  it('never lets tenants share an answer or a run, whether asked at once or later', async () => {
    const { predictor, calls, endTurn } = await createHandDrivenModel({ caching: cachingIn(place) })
    const tenants = ['a', 'b', '', undefined, '"', 'a"e', 'null']
    const ask = () => tenants.map((tenant) => predictor.predict(rows[0], { useCache: true, tenant }))
    const first = await settled(Promise.all(ask()), endTurn)
    expect(calls).toEqual([tenants.length])
    expect(predictor.getHealth().stats.cache.coalesced).toBe(0)
    expect(new Set(first.map(({ scores }) => scores?.[0])).size).toBe(tenants.length)
    const second = await settled(Promise.all(ask()), endTurn)
    expect(second.map(({ scores, source }) => [source, scores])).toEqual(first.map(({ scores }) => ['cache', scores]))
    expect(calls).toEqual([tenants.length])
  })

  it('keeps the tenants of batches apart as well', async () => {
    const { predictor, calls, endTurn } = await createHandDrivenModel({ caching: cachingIn(place) })
    const batches = ['a', 'b'].map((tenant) => predictor.predictBatch(rows.slice(0, 5), { useCache: true, tenant }))
    await endTurn()
    expect((await Promise.all(batches)).flat().every((entry) => (entry as Prediction).source === 'model')).toBe(true)
    expect(calls).toEqual([10])
  })

  it('gives the rows of a batch that it has even where the model fails', async () => {
    const { predictor, script, endTurn } = await createHandDrivenModel({ caching: cachingIn(place) })
    await warm(predictor, endTurn, 2)
    script.fail = createError('EXECUTION_FAILED', 'the backend threw')
    const entries = await settled(predictor.predictBatch(rows.slice(0, 3), { useCache: true }), endTurn)
    expect(sourcesOf(entries)).toEqual(['cache', 'cache', undefined])
    expect(entries[2]).toMatchObject({ code: 'EXECUTION_FAILED' })
  })
})

describe('cached, elsewhere', () => {
  it('looks all rows of a batch up in one call, and those of callers of the same turn with them', async () => {
    const { keyv, lookups } = createKeyv()
    const { predictor, endTurn } = await createHandDrivenModel({ caching: { keyv } })
    const batch = predictor.predictBatch(rows.slice(0, 50), { useCache: true })
    const lone = predictor.predict(rows[60], { useCache: true })
    await endTurn()
    await Promise.all([batch, lone])
    expect(lookups.map((keys) => keys.length)).toEqual([51])
  })

  it('takes the rows of a batch whose entries are broken for misses, and its neighbours from the cache', async () => {
    const { keyv, entries } = createKeyv()
    const { predictor, calls, endTurn } = await createHandDrivenModel({ caching: { keyv } })
    await warm(predictor, endTurn, 10)
    const keys = [...entries.keys()]
    entries.set(keys[3], 'garbage')
    entries.set(keys[4], entries.get(keys[5]) ?? '')
    const answers = await settled(predictor.predictBatch(rows.slice(0, 10), { useCache: true }), endTurn)
    expect(
      sourcesOf(answers)
        .map((source, i) => (source === 'model' ? i : undefined))
        .filter(Number.isInteger),
    ).toEqual([3, 4])
    expect(calls).toEqual([10, 2])
  })

  it('answers by the model when the store hangs, one deadline later for the whole batch', async () => {
    const keyv: KeyvLike = { get: () => new Promise(() => {}), set: () => new Promise(() => {}) }
    const { predictor, calls, clock, endTurn } = await createHandDrivenModel({ caching: { keyv } })
    const batch = predictor.predictBatch(rows.slice(0, 500), { useCache: true })
    await settleMicrotasks()
    clock.advance(50)
    await endTurn()
    expect(sourcesOf(await batch)).toEqual(Array<string>(500).fill('model'))
    expect(calls).toEqual([500])
  })
})

describe.each(places)('cached, with staleWhileRevalidateMs, in %s', (place) => {
  const caching = () => cachingIn(place, { ttlMs: 1000, staleWhileRevalidateMs: 5000 })

  async function createStaleModel(options: Partial<HandDrivenOptions> = {}) {
    const model = await createHandDrivenModel({ caching: caching(), ...options })
    const { predictor, script, clock, endTurn } = model
    const pass = (milliseconds: number): void => {
      clock.advance(milliseconds)
      vi.advanceTimersByTime(milliseconds)
    }
    const ask = () => predictor.predict(rows[0], { useCache: true })
    script.raw = 1
    await settled(ask(), endTurn)
    pass(1000)
    script.raw = 2
    const health = () => predictor.getHealth().cache
    /** Lets runs in the background begin and end. */
    const renew = async (): Promise<void> => {
      clock.advance(0)
      await endTurn()
    }
    return { ...model, ask, pass, renew, health }
  }

  it('gives an expired answer at once and renews it by one run for all who ask', async () => {
    const { ask, calls, renew, health } = await createStaleModel()
    const answers = await Promise.all(Array.from({ length: 100 }, ask))
    expect(answers.every(({ source, scores }) => source === 'cache' && scores?.[0] === 1)).toBe(true)
    expect(calls).toEqual([1])
    await renew()
    expect(calls).toEqual([1, 1])
    expect(await ask()).toMatchObject({ source: 'cache', scores: [2] })
    expect(health()).toMatchObject({ revalidations: 1, stale: place === 'memory' ? 100 : 1 })
  })

  it('renews the expired rows of a batch in one run', async () => {
    const { predictor, calls, endTurn, pass, renew } = await createStaleModel()
    const ask20 = () => predictor.predictBatch(rows.slice(1, 21), { useCache: true })
    await settled(ask20(), endTurn)
    pass(1000)
    expect(sourcesOf(await ask20())).toEqual(Array<string>(20).fill('cache'))
    expect(calls).toEqual([1, 20])
    await renew()
    expect(calls).toEqual([1, 20, 20])
  })

  it('goes on giving the expired answer while renewing fails, and publishes why', async () => {
    const { ask, script, renew, health, pass } = await createStaleModel()
    script.fail = createError('EXECUTION_FAILED', 'the backend threw')
    for (let i = 1; i <= 3; i++) {
      expect(await ask()).toMatchObject({ source: 'cache', scores: [1] })
      await renew()
      expect(health()).toMatchObject({ revalidations: i })
    }
    script.fail = undefined
    expect(await ask()).toMatchObject({ scores: [1] })
    await renew()
    expect(await ask()).toMatchObject({ scores: [2] })
    pass(6001)
    script.fail = createError('EXECUTION_FAILED', 'the backend threw')
    const late = expect(ask()).rejects.toMatchObject({ code: 'EXECUTION_FAILED' })
    await renew()
    await late
  })

  it('lets a caller who comes after its time was over wait for the run that is under way', async () => {
    const { ask, calls, clock, pass, endTurn } = await createStaleModel()
    await ask()
    clock.advance(0)
    await settleMicrotasks()
    pass(6001)
    const late = [ask(), ask()]
    await endTurn()
    const answers = await Promise.all(late)
    expect(answers).toMatchObject([
      { source: 'model', scores: [2] },
      { source: 'model', scores: [2] },
    ])
    expect(answers[0]).not.toBe(answers[1])
    expect(calls).toEqual([1, 1])
  })

  it('counts the run in the background neither as a request nor as a miss', async () => {
    const { ask, predictor, renew } = await createStaleModel()
    await ask()
    const before = predictor.getHealth().stats
    await renew()
    const after = predictor.getHealth().stats
    expect([after.requests, after.cache.misses]).toEqual([before.requests, before.cache.misses])
    expect(after.batches).toBe(before.batches + 1)
  })

  it('leaves nothing behind when closed while renewing', async () => {
    const { ask, predictor, clock, calls } = await createStaleModel()
    await ask()
    clock.advance(0)
    await settleMicrotasks()
    await predictor.close()
    await settleMicrotasks()
    expect(calls).toEqual([1])
    expect(clock.pendingTimers).toBe(0)
  })
})
