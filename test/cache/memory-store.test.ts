import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMemoryStore } from '../../src/cache/memory-store.ts'
import type { MemoryStore, MemoryStoreOptions } from '../../src/cache/memory-store.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'
import type { FakeClock } from '../helpers/fake-clock.ts'

function createSubject(options: Partial<MemoryStoreOptions> = {}): [MemoryStore, FakeClock] {
  const clock = createFakeClock()
  return [createMemoryStore({ clock, ttlMs: 1000, staleMs: 0, maxEntries: 3, maxByteLength: 1e6, ...options }), clock]
}

function fill(store: MemoryStore, ...keys: readonly string[]): void {
  for (const key of keys) store.set(key, { label: key })
}

function labels(store: MemoryStore, ...keys: readonly string[]): unknown[] {
  return keys.map((key) => store.get(key)?.answer.label)
}

describe('createMemoryStore', () => {
  it('drops the least recently used entry beyond its bound', () => {
    const [store] = createSubject()
    fill(store, 'a', 'b', 'c')
    store.get('a')
    fill(store, 'd')
    expect(labels(store, 'a', 'b', 'c', 'd')).toEqual(['a', undefined, 'c', 'd'])
    expect(store.evictionCount).toBe(1)
  })

  it('holds an entry up to its age and not longer, however often it is read', () => {
    const [store, clock] = createSubject()
    fill(store, 'a')
    clock.advance(999)
    expect(labels(store, 'a')).toEqual(['a'])
    clock.advance(1)
    expect(labels(store, 'a')).toEqual([undefined])
    expect(store).toMatchObject({ entryCount: 0, byteLength: 0 })
  })

  it('gives an older entry as stale for as long as it may, and then no more', () => {
    const [store, clock] = createSubject({ staleMs: 500 })
    fill(store, 'a')
    clock.advance(999)
    expect(store.get('a')?.isStale).toBe(false)
    clock.advance(1)
    expect(store.get('a')).toMatchObject({ isStale: true, answer: { label: 'a' } })
    clock.advance(499)
    expect(store.get('a')?.isStale).toBe(true)
    clock.advance(1)
    expect(store.get('a')).toBeUndefined()
    expect(store).toMatchObject({ entryCount: 0, byteLength: 0 })
  })

  it('gives an entry as fresh again once it was stored anew', () => {
    const [store, clock] = createSubject({ staleMs: 500 })
    fill(store, 'a')
    clock.advance(1200)
    expect(store.get('a')?.isStale).toBe(true)
    store.set('a', { label: 'newer' })
    expect(store.get('a')).toMatchObject({ isStale: false, answer: { label: 'newer' } })
  })

  it('starts the age anew when an answer is stored again', () => {
    const [store, clock] = createSubject()
    fill(store, 'a')
    clock.advance(600)
    store.set('a', { label: 'newer' })
    clock.advance(600)
    expect(labels(store, 'a')).toEqual(['newer'])
    expect(store.entryCount).toBe(1)
  })

  it('bounds the bytes as well as the entries', () => {
    const [store] = createSubject({ maxEntries: 1000, maxByteLength: 10_000 })
    for (let i = 0; i < 100; i++) store.set(`key ${i}`, { vector: new Array<number>(100).fill(i) })
    expect(store.byteLength).toBeLessThanOrEqual(10_000)
    expect(store.entryCount).toBeGreaterThan(1)
  })

  it('does not give up everything for one answer that can never fit', () => {
    const [store] = createSubject({ maxByteLength: 2000 })
    fill(store, 'a')
    store.set('huge', { vector: new Array<number>(1000).fill(1) })
    expect(labels(store, 'a', 'huge')).toEqual(['a', undefined])
  })

  it('forgets the former answer even where the new one does not fit', () => {
    const [store] = createSubject({ maxByteLength: 2000 })
    fill(store, 'a')
    store.set('a', { vector: new Array<number>(1000).fill(1) })
    expect(store.get('a')).toBeUndefined()
  })

  it('refuses changes to what it has stored', () => {
    const [store] = createSubject()
    store.set('a', { label: ['x'], probabilities: [[0.5, 0.5]], outputs: { y: [[1]] } })
    const answer = store.get('a')?.answer as {
      label: string[]
      probabilities: number[][]
      outputs: Record<string, number[][]>
    }
    expect(() => (answer.label[0] = 'y')).toThrow(TypeError)
    expect(() => (answer.probabilities[0][0] = 1)).toThrow(TypeError)
    expect(() => (answer.outputs['y'][0][0] = 2)).toThrow(TypeError)
    expect(() => ((answer as Record<string, unknown>)['label'] = 1)).toThrow(TypeError)
  })

  it('keeps its books right through any sequence of operations', () => {
    const operation = fc.record({
      kind: fc.constantFrom('set', 'get', 'wait'),
      key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      size: fc.nat(30),
    })
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 80 }), (operations) => {
        const [store, clock] = createSubject({ maxByteLength: 1500 })
        const latest = new Map<string, number>()
        for (const { kind, key, size } of operations) {
          if (kind === 'wait') clock.advance(size * 20)
          else if (kind === 'get') {
            const found = store.get(key)
            if (found !== undefined) expect(found.answer.vector).toHaveLength(latest.get(key) ?? -1)
          } else {
            store.set(key, { vector: new Array<number>(size).fill(0) })
            latest.set(key, size)
          }
          expect(store.entryCount).toBeLessThanOrEqual(3)
          expect(store.byteLength).toBeLessThanOrEqual(1500)
          expect(store.byteLength === 0).toBe(store.entryCount === 0)
        }
      }),
    )
  })
})
