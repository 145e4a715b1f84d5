import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { createError } from '../../src/errors.ts'
import { heldOut } from '../helpers/artifacts.ts'
import { createHandDrivenModel, settleMicrotasks } from '../helpers/hand-driven-model.ts'

const { rows } = heldOut('telco_churn')
const modelFailure = () => createError('EXECUTION_FAILED', 'the backend threw')

describe('batching', () => {
  it('stacks the rows of one turn into one run', async () => {
    const { predictor, calls, endTurn } = await createHandDrivenModel({ caching: false })
    const answers = rows.slice(0, 50).map((row) => predictor.predict(row))
    expect(calls).toEqual([])
    await endTurn()
    expect(calls).toEqual([50])
    const scores = (await Promise.all(answers)).map((answer) => answer.scores?.[0])
    expect(scores).toEqual(Array.from({ length: 50 }, (_, i) => i))
    expect(predictor.getHealth().stats).toMatchObject({ batches: 1, rowsInBatches: 50, meanBatchRows: 50 })
  })

  it('runs each row alone and at once where batching is off, but predictBatch in slices', async () => {
    const { predictor, calls, endTurn } = await createHandDrivenModel({ caching: false, batching: false })
    await Promise.all(rows.slice(0, 3).map((row) => predictor.predict(row)))
    expect(calls).toEqual([1, 1, 1])
    const batch = predictor.predictBatch(rows.slice(0, 30))
    await endTurn()
    expect(await batch).toHaveLength(30)
    expect(calls).toEqual([1, 1, 1, 30])
  })

  it('refuses a bad row alone; its neighbours get their own answers', async () => {
    const { predictor, calls, endTurn } = await createHandDrivenModel({ caching: false })
    const batch = predictor.predictBatch([rows[0], { ...rows[1], total_day_minutes: 'many' }, rows[2]])
    await endTurn()
    const entries = await batch
    expect(calls).toEqual([2])
    expect(entries[0]).toMatchObject({ source: 'model', scores: [0] })
    expect(entries[1]).toMatchObject({ code: 'INPUT_INVALID', details: { row: 1, feature: 'total_day_minutes' } })
    expect(entries[2]).toMatchObject({ source: 'model', scores: [1] })
  })

  it('feeds itself in slices where there are more rows than the queue holds', async () => {
    const { predictor, calls, endTurn } = await createHandDrivenModel({
      caching: false,
      batching: { maxQueuedRows: 8 },
    })
    const done = { entries: undefined as unknown[] | undefined }
    void predictor.predictBatch(rows.slice(0, 21)).then((entries) => void (done.entries = entries))
    while (done.entries === undefined) await endTurn()
    expect(done.entries).toHaveLength(21)
    expect(done.entries?.every((entry) => (entry as { source?: string }).source === 'model')).toBe(true)
    expect(calls.reduce((sum, count) => sum + count)).toBe(21)
    expect(Math.max(...calls)).toBeLessThanOrEqual(8)
  })

  it('refuses a row beyond the bound of the queue at once, with a hint when to come back', async () => {
    const { predictor, endTurn } = await createHandDrivenModel({ caching: false, batching: { maxQueuedRows: 2 } })
    const [first, second, third] = rows.slice(0, 3).map((row) => predictor.predict(row))
    await expect(third).rejects.toMatchObject({ code: 'QUEUE_FULL', retryAfterMs: expect.any(Number), httpStatus: 503 })
    await endTurn()
    await Promise.all([first, second])
  })
})

describe('the cache', () => {
  it('runs the model once for 100 identical concurrent cold requests', async () => {
    const { predictor, calls, endTurn } = await createHandDrivenModel()
    const answers = Array.from({ length: 100 }, () => predictor.predict({ ...rows[0] }, { useCache: true }))
    await endTurn()
    expect(new Set((await Promise.all(answers)).map(({ source }) => source))).toEqual(new Set(['model']))
    expect(calls).toEqual([1])
    expect((await predictor.predict(rows[0], { useCache: true })).source).toBe('cache')
    expect(predictor.getHealth().stats.cache).toMatchObject({ hits: 1, misses: 1, coalesced: 99 })
  })

  it('keeps tenants apart, and answers nobody from it who does not want it', async () => {
    const { predictor, calls, endTurn } = await createHandDrivenModel()
    for (const options of [{ tenant: 'a' }, { tenant: 'b' }, {}, { useCache: false }, { tenant: 'a' }]) {
      const answer = predictor.predict(rows[0], { useCache: true, ...options })
      await endTurn()
      await answer
    }
    expect(calls).toEqual([1, 1, 1, 1])
  })

  it('lets a row of predictBatch wait for room where a lone one for the same row was refused', async () => {
    const get = () => Promise.resolve(undefined)
    const keyv = { get, set: () => Promise.resolve(true) }
    const { predictor, endTurn } = await createHandDrivenModel({ caching: { keyv }, batching: { maxQueuedRows: 2 } })
    const fill = [0, 1].map((i) => predictor.predict(rows[i], { useCache: false }))
    const refused = expect(predictor.predict(rows[2], { useCache: true })).rejects.toMatchObject({ code: 'QUEUE_FULL' })
    const batch = predictor.predictBatch([rows[2]], { useCache: true })
    await refused
    await endTurn()
    await Promise.all(fill)
    await endTurn()
    expect(await batch).toMatchObject([{ source: 'model' }])
  })

  it('does not remember a failure', async () => {
    const { predictor, script, endTurn } = await createHandDrivenModel()
    script.fail = modelFailure()
    const failed = expect(predictor.predict(rows[0], { useCache: true })).rejects.toMatchObject({
      code: 'EXECUTION_FAILED',
    })
    await endTurn()
    await failed
    script.fail = undefined
    const answer = predictor.predict(rows[0], { useCache: true })
    await endTurn()
    expect((await answer).source).toBe('model')
  })

  it('gives hits while the circuit is open', async () => {
    const { predictor, script, endTurn } = await createHandDrivenModel({ breaker: { failureThreshold: 1 } })
    const first = predictor.predict(rows[0], { useCache: true })
    await endTurn()
    await first
    script.fail = modelFailure()
    const failed = Promise.allSettled([predictor.predict(rows[1], { useCache: true })])
    await endTurn()
    await failed
    await expect(predictor.predict(rows[2])).rejects.toMatchObject({ code: 'BREAKER_OPEN' })
    expect((await predictor.predict(rows[0], { useCache: true })).source).toBe('cache')
  })
})

describe('failures', () => {
  it('counts one failed batch once, opens the breaker, and closes it after a probe', async () => {
    const { predictor, script, clock, calls, endTurn } = await createHandDrivenModel({
      caching: false,
      breaker: { failureThreshold: 2, openMs: 1000 },
    })
    script.fail = modelFailure()
    for (let batch = 0; batch < 2; batch++) {
      const failed = Promise.allSettled(rows.slice(0, 10).map((row) => predictor.predict(row)))
      // whole, by halves and by quarters: then it is the model's failure, and one
      for (let turn = 0; turn < 7; turn++) await endTurn()
      await failed
    }
    expect(calls).toEqual([10, 5, 5, 3, 2, 3, 2, 10, 5, 5, 3, 2, 3, 2])
    await expect(predictor.predict(rows[0])).rejects.toMatchObject({ code: 'BREAKER_OPEN', retryAfterMs: 1000 })
    expect(predictor.getHealth()).toMatchObject({ status: 'unhealthy', breaker: 'open' })
    script.fail = undefined
    clock.advance(1001)
    const probe = predictor.predict(rows[0])
    await endTurn()
    expect((await probe).source).toBe('model')
    expect(predictor.getHealth().breaker).toBe('closed')
  })

  it('takes whatever else the backend throws for a failure of the model', async () => {
    const { predictor, script, endTurn } = await createHandDrivenModel({
      caching: false,
      breaker: { failureThreshold: 1 },
    })
    script.fail = new RangeError('out of its own bounds')
    const failed = expect(predictor.predict(rows[0])).rejects.toMatchObject({
      code: 'EXECUTION_FAILED',
      cause: script.fail,
    })
    await endTurn()
    await failed
    expect(predictor.getHealth()).toMatchObject({ breaker: 'open', stats: { errors: 1, aborted: 0 } })
  })

  it('takes a raw answer that is no number for a failure of the model', async () => {
    const { predictor, script, endTurn } = await createHandDrivenModel({ caching: false })
    script.raw = NaN
    const failed = expect(predictor.predict(rows[0])).rejects.toMatchObject({ code: 'EXECUTION_FAILED' })
    await endTurn()
    await failed
  })

  it('lets the rule answer in the place of the model, and says why', async () => {
    const { predictor, script, endTurn } = await createHandDrivenModel({ rule: () => ({ label: 'no' }) })
    script.fail = modelFailure()
    const answer = predictor.predict(rows[0])
    await endTurn()
    expect(await answer).toMatchObject({ source: 'fallback', rule: 'rule', reason: 'EXECUTION_FAILED', label: 'no' })
    expect(predictor.getHealth().status).toBe('degraded')
  })

  it('refuses a bad row even where a rule could answer it', async () => {
    const { predictor } = await createHandDrivenModel({ rule: () => ({ label: 'no' }) })
    await expect(predictor.predict({})).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  })

  it('counts a run beyond the time budget against the model', async () => {
    const { predictor, clock, endTurn } = await createHandDrivenModel({
      mode: 'async',
      caching: false,
      timeBudgetMs: 100,
    })
    const failed = expect(predictor.predict(rows[0])).rejects.toMatchObject({ code: 'EXECUTION_FAILED' })
    await endTurn()
    clock.advance(101)
    await failed
    expect(predictor.getHealth().stats.errors).toBe(1)
  })
})

describe('callers who leave', () => {
  it('rejects with the reason of the signal, untouched, and never runs the row', async () => {
    const { predictor, calls, endTurn } = await createHandDrivenModel()
    const controller = new AbortController()
    const reason = { why: 'closed the tab' }
    const answer = expect(predictor.predict(rows[0], { signal: controller.signal })).rejects.toBe(reason)
    await settleMicrotasks()
    controller.abort(reason)
    await answer
    await endTurn()
    expect(calls).toEqual([])
    await expect(predictor.predict(rows[0], { signal: controller.signal })).rejects.toBe(reason)
    await expect(predictor.predictBatch(rows, { signal: controller.signal })).rejects.toBe(reason)
  })

  it('rejects a whole batch with the reason of the signal', async () => {
    const { predictor } = await createHandDrivenModel()
    const controller = new AbortController()
    const reason = new Error('enough')
    const answer = expect(predictor.predictBatch(rows, { signal: controller.signal })).rejects.toBe(reason)
    await settleMicrotasks()
    controller.abort(reason)
    await answer
  })

  it('listens once to a signal, however many rows share it, and not at all afterwards', async () => {
    const { predictor, endTurn } = await createHandDrivenModel()
    const { signal } = new AbortController()
    const batch = predictor.predictBatch(rows.slice(0, 100), { signal })
    const lone = rows
      .slice(100, 200)
      .map((row, i) => predictor.predict(row, { signal, timeoutMs: i < 50 ? 50 : undefined }))
    await settleMicrotasks()
    // the batch's own deadline, the flights and the queue listen together
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    await endTurn()
    expect(await batch).toHaveLength(100)
    expect(await Promise.all(lone)).toHaveLength(100)
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  it('ends at the deadline, without blaming the model or asking the rule', async () => {
    const { predictor, clock, calls, endTurn } = await createHandDrivenModel({ rule: () => ({ label: 'no' }) })
    const late = expect(predictor.predict(rows[0], { timeoutMs: 20 })).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    })
    await settleMicrotasks()
    clock.advance(21)
    await late
    await endTurn()
    expect(calls).toEqual([])
    expect(predictor.getHealth().breaker).toBe('closed')
  })

  it('gives no answer after the deadline where a run has blocked the thread, with a cache or without', async () => {
    for (const caching of [true, false] as const)
      for (const batching of [{}, false] as const) {
        const { predictor, script, clock, calls, endTurn } = await createHandDrivenModel({ caching, batching })
        script.busyMs = 30
        const options = { useCache: true, timeoutMs: 20 }
        const late = expect(predictor.predict(rows[0], options)).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
        await endTurn()
        await late
        expect([calls.length, clock.pendingTimers]).toEqual([1, 0])
      }
  })

  it('runs no row whose deadline passed while the thread was busy, before any timer could say so', async () => {
    const { predictor, clock, calls, endTurn } = await createHandDrivenModel()
    const late = [
      predictor.predict(rows[0], { timeoutMs: 20, useCache: true }),
      predictor.predict(rows[1], { timeoutMs: 20, useCache: false }),
    ].map((answer) => expect(answer).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' }))
    const batch = predictor.predictBatch(rows.slice(2, 4), { timeoutMs: 20 })
    await settleMicrotasks()
    clock.block(20)
    await endTurn()
    await Promise.all(late)
    expect(await batch).toMatchObject([{ code: 'DEADLINE_EXCEEDED' }, { code: 'DEADLINE_EXCEEDED' }])
    expect(calls).toEqual([])
  })

  it('does not wait for a rule whose caller has left', async () => {
    const { predictor, script, endTurn } = await createHandDrivenModel({ rule: () => new Promise(() => undefined) })
    script.fail = modelFailure()
    const controller = new AbortController()
    const answer = expect(predictor.predict(rows[0], { signal: controller.signal })).rejects.toBe('bye')
    await endTurn()
    controller.abort('bye')
    await answer
  })

  it('leaves the others of one flight alone', async () => {
    const { predictor, endTurn } = await createHandDrivenModel()
    const controller = new AbortController()
    const leaves = predictor.predict(rows[0], { signal: controller.signal })
    const stays = predictor.predict(rows[0])
    const left = expect(leaves).rejects.toBe('bye')
    await settleMicrotasks()
    controller.abort('bye')
    await left
    await endTurn()
    expect((await stays).source).toBe('model')
  })
})

describe('draining', () => {
  it('waits for a request that had found the engine and came just before it closed', async () => {
    const { predictor, engine, endTurn } = await createHandDrivenModel({ caching: false })
    const draining = engine.drain()
    await Promise.resolve()
    const answer = predictor.predict(rows[0])
    await endTurn()
    expect((await answer).source).toBe('model')
    await draining
    await expect(predictor.predict(rows[0])).rejects.toMatchObject({ code: 'CLOSED' })
  })
})

describe('misuse', () => {
  it.each([
    [{ timeoutMs: -1 }, 'timeoutMs'],
    [{ timeoutMs: NaN }, 'timeoutMs'],
    [{ priority: 'urgent' }, 'priority'],
    [{ tenant: 7 }, 'tenant'],
  ])('refuses the options %j', async (options, name) => {
    const { predictor } = await createHandDrivenModel()
    await expect(predictor.predict(rows[0], options as never)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining(name),
    })
  })

  it('refuses to predict a batch that is no array', async () => {
    const { predictor } = await createHandDrivenModel()
    await expect(predictor.predictBatch(rows[0] as never)).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    expect(await predictor.predictBatch([])).toEqual([])
  })

  it('settles pending calls with CLOSED, and refuses new ones', async () => {
    const { predictor } = await createHandDrivenModel({ rule: () => ({ label: 'no' }) })
    const pending = expect(predictor.predict(rows[0])).rejects.toMatchObject({ code: 'CLOSED' })
    const batch = expect(predictor.predictBatch(rows)).rejects.toMatchObject({ code: 'CLOSED' })
    await settleMicrotasks()
    await predictor.close()
    await pending
    await batch
    await expect(predictor.predict(rows[0])).rejects.toMatchObject({ code: 'CLOSED' })
    await expect(predictor.predictBatch(rows)).rejects.toMatchObject({ code: 'CLOSED' })
    await predictor.close()
  })
})
