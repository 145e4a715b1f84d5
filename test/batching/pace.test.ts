// How long those who wait will wait: from what runs cost, from the gaps between them, and from how far off that was before.

import { describe, expect, it } from 'vitest'
import { resolveBatchingOptions } from '../../src/batching/batching-options.ts'
import { Pace } from '../../src/batching/pace.ts'

function createPace({ maxRows = 10 } = {}): Pace {
  return new Pace(resolveBatchingOptions({ strategy: 'fixed-size', maxRows }).strategy, 'sync')
}

/** Tells of `count` batches of one row each whose first job waited so much longer than expected. */
function recordWaits(pace: Pace, expectedMs: number, factors: readonly number[]): void {
  for (const factor of factors)
    pace.recordBatch(
      { jobs: [{ expectedMs, enqueuedAtMs: 100 - factor * expectedMs }], rowCount: 1, startedAtMs: 99 },
      100,
    )
}

describe('an expected wait', () => {
  it('is a fixed part a batch and a part a row, once both are known, and the last batch will fill', () => {
    const pace = createPace()
    expect(pace.answerMs(25)).toBeUndefined()
    pace.recordRun(1, 3)
    expect(pace.answerMs(25)).toBeUndefined()
    pace.recordRun(10, 12)
    expect(pace.answerMs(7)).toBeCloseTo(2 + 7, 9)
    expect(pace.answerMs(25)).toBeCloseTo(3 * 2 + 30, 9)
  })

  it('counts the gap between two batches, only where rows were due in it, and forgets it among batches without', () => {
    const pace = createPace()
    for (const rowCount of [1, 10]) pace.recordRun(rowCount, rowCount)
    for (let atMs = 0; atMs < 1000; atMs += 10) {
      pace.recordEnd(atMs, atMs - 1)
      pace.recordStart(atMs + 4)
    }
    expect(pace.answerMs(10)).toBeCloseTo(14, 6)
    for (let atMs = 1000; atMs < 1200; atMs += 100) {
      pace.recordEnd(atMs, Infinity)
      pace.recordStart(atMs + 90)
    }
    expect(pace.answerMs(10)).toBeCloseTo(14, 0)
    for (let atMs = 1200; atMs < 50_000; atMs += 100) pace.recordEnd(atMs, Infinity)
    expect(pace.answerMs(10)).toBeCloseTo(10, 1)
  })

  it('tells a refused caller when to come back, and guesses 50 ms before anything ran', () => {
    const pace = createPace()
    expect(pace.retryAfterMs(1000)).toBe(50)
    pace.recordRun(4, 6)
    expect(pace.retryAfterMs(10)).toBe(15)
    pace.recordRun(1, 4.5)
    expect(pace.retryAfterMs(10)).toBe(9)
    expect(pace.retryAfterMs(0)).toBe(1)
  })
})

describe('caution', () => {
  it('is none at first, and where waits are as expected', () => {
    const pace = createPace()
    expect(pace.caution).toBe(1)
    recordWaits(pace, 20, Array<number>(50).fill(1))
    expect(pace.caution).toBeCloseTo(1, 9)
  })

  it.each([0.5, 3])('follows waits that are %s times as long', (factor) => {
    const pace = createPace()
    recordWaits(pace, 20, Array<number>(100).fill(factor))
    expect(pace.caution).toBeCloseTo(factor, 1)
  })

  it('is above nearly all waits where they vary', () => {
    const pace = createPace()
    const factors = Array.from({ length: 400 }, (_, i) => 1 + ((i * 7) % 11) / 20)
    recordWaits(pace, 20, factors)
    const longer = factors.filter((factor) => factor > pace.caution).length
    expect(longer / factors.length).toBeLessThan(0.1)
    expect(pace.caution).toBeLessThan(2)
  })

  it('learns nothing from waits that are little more than a run, and fades among them', () => {
    const pace = createPace()
    recordWaits(pace, 4.9, Array<number>(100).fill(9))
    expect(pace.caution).toBe(1)
    recordWaits(pace, 20, Array<number>(30).fill(9))
    expect(pace.caution).toBeGreaterThan(8)
    recordWaits(pace, 0, Array<number>(400).fill(9))
    expect(pace.caution).toBeLessThan(1.1)
  })
})
