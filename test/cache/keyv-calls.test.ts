import { Keyv } from 'keyv'
import { describe, expect, it } from 'vitest'
import type { KeyvLike } from '../../src/cache/cache-port.ts'
import { keysPerRead, readMany, writeMany } from '../../src/cache/keyv-calls.ts'

/** A Keyv that holds the values of `entries`; one that is an error is thrown by whoever reads it. */
function keyvOf(entries: Record<string, unknown>, options: Partial<KeyvLike> = {}): [KeyvLike, string[]] {
  const calls: string[] = []
  const read = (key: string): unknown => {
    const value = entries[key]
    if (value instanceof Error) throw value
    return value
  }
  const keyv: KeyvLike = {
    get: async (key) => (calls.push(`get ${key}`), read(key)),
    getMany: async (keys) => (calls.push(`getMany ${keys.join(' ')}`), keys.map(read)),
    set: (key) => Promise.resolve(void calls.push(`set ${key}`)),
    ...options,
  }
  return [keyv, calls]
}

describe('readMany', () => {
  it('reads many keys in one call, and one key by itself', async () => {
    const [keyv, calls] = keyvOf({ a: 1, b: 2 })
    expect(await readMany(keyv, ['a', 'b', 'c'])).toEqual([1, 2, undefined])
    expect(await readMany(keyv, ['a'])).toEqual([1])
    expect(calls).toEqual(['getMany a b c', 'get a'])
  })

  it('reads each key by itself where the store of the Keyv knows no more than that', async () => {
    const [keyv, calls] = keyvOf({ a: 1, b: 2 }, { store: new Map() })
    expect(await readMany(keyv, ['a', 'b'])).toEqual([1, 2])
    expect(calls).toEqual(['get a', 'get b'])
    expect(keysPerRead(keyv)).toBeLessThan(keysPerRead(keyvOf({})[0]))
  })

  it.each([
    ['text that is no JSON', new SyntaxError('Unexpected token g')],
    ['a list in Redis', new Error('WRONGTYPE Operation against a key holding the wrong kind of value')],
  ])('gives %s as the error of that key alone', async (_what, error) => {
    const [keyv] = keyvOf({ a: 1, b: error, c: 3 })
    expect(await readMany(keyv, ['a', 'b', 'c'])).toEqual([1, error, 3])
    expect(await readMany(keyv, ['b'])).toEqual([error])
  })

  it('throws what says that the store itself cannot be read', async () => {
    const error = new Error('NOAUTH Authentication required.')
    const [keyv] = keyvOf({ a: 1, b: error })
    await expect(readMany(keyv, ['a', 'b'])).rejects.toBe(error)
    await expect(readMany(keyv, ['b'])).rejects.toBe(error)
  })

  it.each([
    ['fewer values', [1]],
    ['no array', 'ab'],
  ])('does not believe a store that gives %s', async (_what, reply) => {
    const [keyv] = keyvOf({}, { getMany: () => Promise.resolve(reply as unknown[]) })
    await expect(readMany(keyv, ['a', 'b'])).rejects.toThrow('getMany of 2 keys')
  })

  it('reads a real Keyv, broken values included', async () => {
    const store = new Map<string, unknown>()
    const keyv = new Keyv({ store, useKeyPrefix: false })
    await keyv.set('a', 'one')
    store.set('b', 'no JSON')
    expect(await readMany(keyv, ['a', 'b', 'c'])).toEqual(['one', expect.any(SyntaxError), undefined])
  })
})

describe('writeMany', () => {
  it.each([
    [300_000, 300_000],
    [0.2, 1],
    [1500.5, 1501],
    [Infinity, undefined],
  ])('hands on a time to live of %s as %s', async (ttlMs, given) => {
    const ttls: unknown[] = []
    const [keyv] = keyvOf({}, { set: (_key, _text, ttl) => Promise.resolve(void ttls.push(ttl)) })
    await writeMany(keyv, [{ key: 'a', text: 'one' }], ttlMs)
    expect(ttls).toEqual([given])
  })

  it('throws where the Keyv says that it did not store', async () => {
    const [keyv] = keyvOf({}, { set: () => Promise.resolve(false) })
    await expect(writeMany(keyv, [{ key: 'a', text: 'one' }], 1)).rejects.toThrow('did not store')
  })

  it('throws what one of the writes throws, a synchronous throw included', async () => {
    const error = new Error('disk full')
    const [keyv] = keyvOf(
      {},
      {
        set() {
          throw error
        },
      },
    ) // prettier-ignore
    await expect(writeMany(keyv, [{ key: 'a', text: 'one' }], 1)).rejects.toBe(error)
  })
})
