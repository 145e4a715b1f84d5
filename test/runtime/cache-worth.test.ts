import { describe, expect, it } from 'vitest'
import { type CacheWorth, createCacheWorth } from '../../src/runtime/cache-worth.ts'

function record(worth: CacheWorth, durationMs: number, times = 1): void {
  for (let i = 0; i < times; i++) worth.recordLookup(durationMs)
}

/** Requests until the cache is asked at each of them again; every one that is asked takes `durationMs`. */
function requestsUntilAsked(worth: CacheWorth, runMs: number, durationMs: number): number {
  for (let request = 1; request <= 100_000; request++) {
    if (worth.shouldAsk(runMs)) record(worth, durationMs)
    if (!worth.describe(runMs).isBypassed) return request
  }
  return Infinity
}

describe('createCacheWorth of a cache in this process', () => {
  it('asks it for any model that takes longer than a look into a map', () => {
    const worth = createCacheWorth('sync')
    expect(worth.shouldAsk(0.01)).toBe(true)
    expect(worth.shouldAsk(0.001)).toBe(false)
    expect(worth.describe(0.001)).toEqual({ lookupMs: 0.003, isBypassed: true })
  })
})

describe('createCacheWorth of a cache elsewhere', () => {
  it('asks it until twenty lookups have told what they cost', () => {
    const worth = createCacheWorth('async')
    record(worth, 0.2, 19)
    expect(worth.shouldAsk(0.05)).toBe(true)
    record(worth, 0.2)
    expect(worth.shouldAsk(0.05)).toBe(false)
    expect(worth.shouldAsk(0.5)).toBe(true)
    expect(worth.describe(0.05)).toEqual({ lookupMs: 0.2, isBypassed: true })
  })

  it('does not hold slow first lookups against it', () => {
    const worth = createCacheWorth('async')
    record(worth, 40, 5)
    record(worth, 0.2, 20)
    expect(worth.describe(1).lookupMs).toBeCloseTo(0.2)
  })

  it('does not pass it by for one pause of this process', () => {
    const worth = createCacheWorth('async')
    record(worth, 0.2, 100)
    record(worth, 49)
    expect(worth.shouldAsk(0.5)).toBe(true)
  })

  it('passes it by once it has become slow', () => {
    const worth = createCacheWorth('async')
    record(worth, 0.2, 100)
    record(worth, 40, 60)
    expect(worth.shouldAsk(1)).toBe(false)
    expect(worth.describe(1).lookupMs).toBeGreaterThan(10)
  })

  it('notices a growing cost even from nothing', () => {
    const worth = createCacheWorth('async')
    record(worth, 0, 30)
    record(worth, 5, 200)
    expect(worth.describe(1).isBypassed).toBe(true)
  })

  it('asks it now and then while it is passed by, and comes back when it is fast again', () => {
    const worth = createCacheWorth('async')
    record(worth, 0.2, 20)
    record(worth, 20, 200)
    const asked = Array.from({ length: 512 }, () => worth.shouldAsk(1)).filter(Boolean)
    expect(asked).toHaveLength(2)
    expect(requestsUntilAsked(worth, 1, 0.2)).toBeLessThan(256 * 13)
  })
})

describe('requests that may do without a cache', () => {
  it('do without one in this process that costs more than the model', () => {
    const worth = createCacheWorth('sync')
    expect(worth.passesBy(0.001)).toBe(true)
    expect(worth.passesBy(0.01)).toBe(false)
    expect(worth.shouldAsk(0.01)).toBe(true)
  })

  it('ask one elsewhere now and then all the same, and each such request does ask', () => {
    const worth = createCacheWorth('async')
    expect(worth.passesBy(0.001)).toBe(false)
    record(worth, 0.2, 20)
    let asked = 0
    for (let request = 0; request < 2560; request++)
      if (!worth.passesBy(0.001)) {
        asked++
        expect(worth.shouldAsk(0.001)).toBe(true)
        expect(worth.shouldAsk(0.001)).toBe(false)
      }
    expect(asked).toBeGreaterThanOrEqual(9)
    expect(asked).toBeLessThanOrEqual(10)
  })
})
