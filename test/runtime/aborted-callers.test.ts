// Ten thousand callers who leave, wherever they were waiting: each hears its own reason, and nothing of them is left.

import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { Row } from '../../src/rows/prediction.ts'
import type { PredictOptions, ServingOptions } from '../../src/runtime/options.ts'
import { heldOut } from '../helpers/artifacts.ts'
import { createHandDrivenModel, settleMicrotasks } from '../helpers/hand-driven-model.ts'

const { rows } = heldOut('telco_churn')
const maxRows = 100
const maxQueuedRows = 8_000

const never = () => new Promise<never>(() => undefined)
const caches: readonly (readonly [name: string, caching: ServingOptions['caching']])[] = [
  ['without a cache', false],
  ['with a cache in memory', true],
  ['with a cache that never answers', { keyv: { get: never, set: never } }],
]

type Leaving = { readonly answer: Promise<unknown>; readonly signal: AbortSignal; readonly reason: unknown }

/** Callers with signals of their own, or one for all; `abort` lets them all leave, last comers first. */
function createCallers(sharing: 'own' | 'shared') {
  const everyone = new AbortController()
  const controllers: AbortController[] = []
  const leaving: Leaving[] = []
  return {
    leaving,
    call(send: (signal: AbortSignal) => Promise<unknown>): void {
      const controller = sharing === 'own' ? new AbortController() : everyone
      if (controllers[controllers.length - 1] !== controller) controllers.push(controller)
      const reason = sharing === 'own' ? { number: controllers.length - 1 } : everyReason
      leaving.push({ answer: send(controller.signal), signal: controller.signal, reason })
    },
    abort(): void {
      for (const [number, controller] of [...controllers.entries()].reverse())
        controller.abort(sharing === 'own' ? leaving[number].reason : everyReason)
    },
  }
}

const everyReason = { why: 'everyone left' }

function rowOf(number: number): Row {
  return { ...rows[number % rows.length], total_day_minutes: number / 100 }
}

describe.each(caches)('ten thousand callers who leave, %s', (_, caching) => {
  it.each(['own', 'shared'] as const)('leave nothing behind, each with its reason (signals: %s)', async (sharing) => {
    const { predictor, engine, clock, calls, releases, endTurn } = await createHandDrivenModel({
      mode: 'async',
      caching,
      batching: { maxRows, maxQueuedRows },
    })
    const { leaving, call, abort } = createCallers(sharing)
    let number = 0
    const predict = (count: number, optionsOf: (i: number) => PredictOptions): void => {
      for (let i = 0; i < count; i++) call((signal) => predictor.predict(rowOf(number++), { ...optionsOf(i), signal }))
    }
    const patient = predictor.predict(rowOf(number++), { useCache: false })
    // these run beside it
    predict(maxRows - 1, () => ({ useCache: false }))
    await endTurn()
    const ranRows = calls.reduce((sum, count) => sum + count, 0)
    expect(ranRows).toBeGreaterThan(0)
    // these wait in the queue, some for a deadline too
    predict(3_000, (i) => ({ useCache: false, ...(i % 3 === 0 ? { timeoutMs: 60_000 + i } : {}) }))
    // these wait for the cache, or for the run that fills it; each second asks for what the one before did
    for (let i = 0; i < 4_000; i++)
      call((signal) => {
        const options = { useCache: true, signal, ...(i % 3 === 0 ? { timeoutMs: 60_000 + i } : {}) }
        return predictor.predict(rowOf(number + (i >> 1)), options)
      })
    number += 4_000
    // these wait for 10 rows each, which wait in the queue, for room in it, or for the cache
    for (let i = 0; i < 900; i++)
      call((signal) => {
        const batch = Array.from({ length: 10 }, () => rowOf(number++))
        return predictor.predictBatch(batch, {
          signal,
          useCache: i % 2 === 0,
          ...(i % 3 === 0 ? { timeoutMs: 90_000 } : {}),
        })
      })
    await settleMicrotasks()
    expect(engine.queuedRows).toBeGreaterThan(3_000)
    abort()
    expect(engine.queuedRows).toBe(0)
    // these come too late
    const gone = AbortSignal.abort(everyReason)
    while (leaving.length < 10_000) call(() => predictor.predict(rowOf(number++), { signal: gone }))

    const outcomes = await Promise.allSettled(leaving.map(({ answer }) => answer))
    outcomes.forEach((outcome, i) => {
      if (outcome.status === 'fulfilled') throw new Error(`caller ${i} got an answer`)
      if (outcome.reason !== leaving[i].reason && outcome.reason !== everyReason)
        throw new Error(`caller ${i} got ${String(outcome.reason)}`)
    })
    expect(outcomes).toHaveLength(10_000)
    for (const { signal } of leaving) expect(getEventListeners(signal, 'abort').length).toBe(0)

    // who stayed gets the answer, and a cache that never answers has had its time
    for (const release of releases.splice(0)) release()
    expect(await patient).toMatchObject({ source: 'model' })
    clock.advance(1_000)
    await endTurn()
    clock.advance(1_000)
    expect(calls.reduce((sum, count) => sum + count, 0)).toBe(ranRows)
    expect(clock.pendingTimers).toBe(0)

    // nothing is queued before the next one
    calls.length = 0
    const next = predictor.predict(rowOf(number), { useCache: false })
    await endTurn()
    expect(calls).toEqual([1])
    for (const release of releases.splice(0)) release()
    expect(await next).toMatchObject({ source: 'model', scores: [0] })
    await engine.drain()
  })
})
