import { describe, expect, it } from 'vitest'
import { createModelStats } from '../../src/observe/stats.ts'
import type { ModelStats } from '../../src/observe/stats.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'
import type { FakeClock } from '../helpers/fake-clock.ts'

function createSubject(): [ModelStats, FakeClock] {
  const clock = createFakeClock()
  return [createModelStats({ clock, windowMs: 1000 }), clock]
}

describe('createModelStats', () => {
  it('divides errors by successes plus errors', () => {
    const [stats] = createSubject()
    stats.recordAnswer('model', 1)
    stats.recordAnswer('cache', 1)
    stats.recordAnswer('fallback', 1)
    stats.recordError('EXECUTION_FAILED')
    expect(stats.snapshot()).toMatchObject({ requests: 4, successes: 3, errors: 1, errorRate: 0.25 })
  })

  it('says 1 when every row failed', () => {
    const [stats] = createSubject()
    for (let i = 0; i < 3; i++) stats.recordError('EXECUTION_FAILED')
    expect(stats.snapshot().errorRate).toBe(1)
  })

  it('keeps the caller’s own faults and departures out of the error rate', () => {
    const [stats] = createSubject()
    stats.recordAnswer('model', 1)
    stats.recordError('INPUT_INVALID')
    stats.recordAbort()
    expect(stats.snapshot()).toMatchObject({ requests: 3, rejected: 1, aborted: 1, errors: 0, errorRate: 0 })
    expect(stats.snapshot().errorsByCode).toEqual({ INPUT_INVALID: 1 })
  })

  it('counts rows in batches, not requests, for the mean batch', () => {
    const [stats] = createSubject()
    stats.recordBatch(30, 2, 5)
    stats.recordBatch(10, 4, 5)
    expect(stats.snapshot()).toMatchObject({ batches: 2, rowsInBatches: 40, meanBatchRows: 20 })
    expect(stats.snapshot().queueMs).toMatchObject({ count: 2, max: 4 })
    expect(stats.snapshot().runMs).toMatchObject({ count: 2, max: 5 })
  })

  it('counts cache hits by the answers that came from it', () => {
    const [stats] = createSubject()
    stats.recordCacheMiss()
    stats.recordAnswer('model', 1)
    for (let i = 0; i < 3; i++) stats.recordAnswer('cache', 0.01)
    stats.recordCoalesced()
    expect(stats.snapshot().cache).toEqual({ hits: 3, misses: 1, hitRate: 0.75, coalesced: 1 })
  })

  it('says why the fallback answered', () => {
    const [stats] = createSubject()
    stats.recordFallbackCause('BREAKER_OPEN')
    stats.recordAnswer('fallback', 1)
    expect(stats.snapshot()).toMatchObject({ fallbacks: 1, fallbacksByCode: { BREAKER_OPEN: 1 } })
  })

  it('forgets old trouble in `recent` and keeps it in the totals', () => {
    const [stats, clock] = createSubject()
    stats.recordError('EXECUTION_FAILED')
    clock.advance(1500)
    expect(stats.snapshot().recent.errors).toBe(1)
    clock.advance(600)
    stats.recordAnswer('model', 1)
    expect(stats.snapshot().recent).toMatchObject({ errors: 0, successes: 1 })
    expect(stats.snapshot().errors).toBe(1)
  })

  it('has nothing recent after two silent windows', () => {
    const [stats, clock] = createSubject()
    stats.recordAnswer('model', 700)
    clock.advance(100_000)
    expect(stats.snapshot().recent).toMatchObject({ requests: 0, latencyMs: { count: 0 } })
  })

  it('starts afresh on reset', () => {
    const [stats, clock] = createSubject()
    const fresh = createModelStats({ clock, windowMs: 1000 }).snapshot()
    stats.recordAnswer('cache', 1)
    stats.recordError('OUT_OF_MEMORY')
    stats.recordFallbackCause('OUT_OF_MEMORY')
    stats.recordCacheMiss()
    stats.recordCoalesced()
    stats.recordBatch(1, 1, 1)
    stats.recordAbort()
    stats.reset()
    expect(stats.snapshot()).toEqual(fresh)
  })

  it('gives a snapshot that later records do not change', () => {
    const [stats] = createSubject()
    stats.recordError('QUEUE_FULL')
    const before = stats.snapshot()
    stats.recordError('QUEUE_FULL')
    expect(before.errorsByCode).toEqual({ QUEUE_FULL: 1 })
  })
})
