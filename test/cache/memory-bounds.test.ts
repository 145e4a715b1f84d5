import { describe, expect, it, onTestFinished } from 'vitest'
import { sha256Hex } from '../../src/artifact/sha256.ts'
import { createRowKey } from '../../src/cache/cache-key.ts'
import { createPredictionCache } from '../../src/cache/prediction-cache.ts'
import { isPrediction, loadModel } from '../../src/index.ts'
import { artifactFiles, heldOut } from '../helpers/artifacts.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'

const bounds = [
  ['entries', { maxEntries: 1000, maxByteLength: 2 ** 30 }],
  ['bytes', { maxEntries: 1e6, maxByteLength: 500_000 }],
] as const

describe('a cache in memory under 100,000 rows that differ', () => {
  it.each(bounds)('stays within its bound of %s all the way, and holds the newest', async (_what, bound) => {
    const cache = await createPredictionCache({ clock: createFakeClock(), ...bound })
    const names = { model: 'churn', version: '1.0.0', artifactSha256: 'ab' }
    const rowKey = createRowKey({ ...names, kind: cache.keyKind, hash: sha256Hex })
    const row = new Float64Array(20)
    const peak = { entryCount: 0, byteLength: 0 }
    for (let i = 0; i < 100_000; i++) {
      row[i % 20] += 1 + i
      const key = rowKey(row)
      if (cache.peek(key) !== undefined) throw new Error(`row ${i} is not new`)
      cache.store(key, { label: 'yes', probabilities: [i, 1 / i] })
      if (i % 100 !== 99) continue
      const { entryCount = NaN, byteLength = NaN } = cache.stats()
      peak.entryCount = Math.max(peak.entryCount, entryCount)
      peak.byteLength = Math.max(peak.byteLength, byteLength)
    }
    expect(peak.entryCount).toBeLessThanOrEqual(bound.maxEntries)
    expect(peak.byteLength).toBeLessThanOrEqual(bound.maxByteLength)
    const { stores, entryCount = 0, evictionCount = 0 } = cache.stats()
    expect(stores).toBe(100_000)
    expect(entryCount + evictionCount).toBe(100_000)
    expect(entryCount).toBeGreaterThan(500)
    expect(cache.peek(rowKey(row))).toBeDefined()
  })
})

describe('a model with a cache in memory under 20,000 rows that differ', () => {
  it.each(bounds)('stays within its bound of %s all the way', async (_what, caching) => {
    const { rows } = heldOut('credit_risk')
    const number = Object.keys(rows[0]).find((name) => typeof rows[0][name] === 'number') as string
    const rowAt = (i: number): Record<string, unknown> => {
      const row = rows[i % rows.length]
      return { ...row, [number]: Number(row[number]) + (i + 1) * 1e-6 }
    }
    const model = await loadModel(await artifactFiles('credit_risk'), { backend: 'cpu', caching })
    onTestFinished(() => model.close())
    for (let start = 0; start < 20_000; start += 1000) {
      const some = Array.from({ length: 1000 }, (_, i) => rowAt(start + i))
      expect((await model.predictBatch(some, { useCache: true })).every(isPrediction)).toBe(true)
      const { entryCount, byteLength } = model.getHealth().cache ?? {}
      expect(entryCount).toBeLessThanOrEqual(caching.maxEntries)
      expect(byteLength).toBeLessThanOrEqual(caching.maxByteLength)
    }
    expect(model.getHealth().cache).toMatchObject({ hits: 0, stores: 20_000 })
    expect(await model.predict(rowAt(19_999), { useCache: true })).toMatchObject({ source: 'cache' })
  })
})
