import { describe, expect, it } from 'vitest'
import { type BatchRecord, VersionStats } from '../../src/observe/version-stats.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'
import type { FakeClock } from '../helpers/fake-clock.ts'

function createSubject(): [VersionStats, FakeClock] {
  const clock = createFakeClock()
  return [new VersionStats({ clock, windowMs: 1000 }), clock]
}

/** A batch of which each part took another time. */
function batchOf(rowCount: number, queueMs: number, runMs: number): BatchRecord {
  return { rowCount, queueMs, encodeMs: 0.25, runMs, decodeMs: 0.5 }
}

describe('VersionStats', () => {
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
    stats.recordBatch(batchOf(30, 2, 5))
    stats.recordBatch(batchOf(10, 4, 5))
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

  it('tells the parts of a batch’s time apart, and sums them over its rows', () => {
    const [stats] = createSubject()
    stats.recordBatch({ rowCount: 4, queueMs: 1, encodeMs: 0.5, runMs: 8, decodeMs: 0.25 })
    stats.recordBatch({ rowCount: 1, queueMs: 0, encodeMs: 0.25, runMs: 2, decodeMs: 0.125 })
    stats.recordAnswer('model', 3)
    const { encodeMs, runMs, decodeMs, rowMs } = stats.snapshot()
    expect([encodeMs.max, runMs.max, decodeMs.max]).toEqual([0.5, 8, 0.25])
    expect([encodeMs.sum, runMs.sum, decodeMs.sum]).toEqual([0.75, 10, 0.375])
    expect(rowMs).toEqual({ request: 3, queue: 4, encode: 2.25, run: 34, decode: 1.125 })
  })

  it('never lets a sum go back while windows pass', () => {
    const [stats, clock] = createSubject()
    let before = 0
    for (let i = 0; i < 400; i++) {
      stats.recordAnswer('model', 0.1 + (i % 7) / 3)
      clock.advance((i * 37) % 1900)
      const { rowMs, requests } = stats.snapshot()
      expect(rowMs.request).toBeGreaterThanOrEqual(before)
      expect(requests).toBe(i + 1)
      before = rowMs.request
    }
  })

  it('adds up to what one would have counted that had seen it all', () => {
    const clock = createFakeClock()
    const [a, b, all] = [1, 2, 3].map(() => new VersionStats({ clock, windowMs: 1000 }))
    const record = (stats: VersionStats): void => {
      for (const each of [stats, all]) {
        each.recordAnswer('cache', 2)
        each.recordError('EXECUTION_FAILED')
        each.recordError('INPUT_INVALID')
        each.recordFallbackCause('OUT_OF_MEMORY')
        each.recordCacheMiss()
        each.recordCoalesced()
        each.recordBatch(batchOf(3, 1, 2))
        each.recordAbort()
      }
    }
    for (const waitMs of [0, 700, 400, 1200]) {
      clock.advance(waitMs)
      record(a)
      record(b)
    }
    const sum = new VersionStats({ clock, windowMs: 1000 })
    sum.merge(a)
    sum.merge(b)
    expect({ ...sum.snapshot(), recent: {} }).toEqual({ ...all.snapshot(), recent: {} })
  })

  it('gives a snapshot that later records do not change', () => {
    const [stats] = createSubject()
    stats.recordError('QUEUE_FULL')
    const before = stats.snapshot()
    stats.recordError('QUEUE_FULL')
    expect(before.errorsByCode).toEqual({ QUEUE_FULL: 1 })
  })

  it('counts rows that were answered or failed together one by one, and a batch that nothing waited for', () => {
    const [together, clock] = createSubject()
    const [alone] = createSubject()
    together.recordAnswers(3, 'model', 2, clock.now())
    together.recordAnswers(2, 'fallback', 1, clock.now())
    together.recordError('INPUT_INVALID', clock.now(), 4)
    together.recordError('EXECUTION_FAILED', clock.now(), 5)
    together.recordDirectBatch(3, 2)
    for (let i = 0; i < 3; i++) alone.recordAnswer('model', 2)
    for (let i = 0; i < 2; i++) alone.recordAnswer('fallback', 1)
    for (let i = 0; i < 4; i++) alone.recordError('INPUT_INVALID')
    for (let i = 0; i < 5; i++) alone.recordError('EXECUTION_FAILED')
    alone.recordBatch({ rowCount: 3, queueMs: 0, encodeMs: 0, runMs: 2, decodeMs: 0 })
    expect(together.snapshot()).toEqual(alone.snapshot())
    expect(together.snapshot()).toMatchObject({
      requests: 14,
      rejected: 4,
      errors: 5,
      fallbacks: 2,
      rowMs: { request: 8 },
    })
  })

  it('moves to the next window by the time that it is given', () => {
    const [stats, clock] = createSubject()
    stats.recordAnswer('model', 1)
    clock.advance(2000)
    stats.recordAnswers(2, 'model', 1, clock.now())
    expect(stats.snapshot().recent.requests).toBe(2)
    clock.advance(2000)
    stats.recordError('QUEUE_FULL', clock.now(), 3)
    expect(stats.snapshot()).toMatchObject({ requests: 6, recent: { requests: 3 } })
  })
})
