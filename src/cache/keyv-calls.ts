// A Keyv in; reads and writes of many keys at once out, by whatever that Keyv can do.

import type { KeyvLike } from './cache-port.ts'

export type StoredText = { readonly key: string; readonly text: string }

/**
 * Keys of one read. MGET of 128 answers of the usual size keeps this thread busy for a millisecond; keys that are asked
 * for one by one take several times as long.
 */
const [bulkReadKeys, singleReadKeys] = [128, 32]

/** Texts of one write; a write of 64 keeps this thread busy for about half a millisecond. */
export const textsPerWrite = 64

export function keysPerRead(keyv: KeyvLike): number {
  return readsInBulk(keyv) ? bulkReadKeys : singleReadKeys
}

/**
 * The values of `keys`, in order; in place of one that the store itself could not read stands the error.
 * @throws what says that the store, and not only a value, cannot be read
 */
export async function readMany(keyv: KeyvLike, keys: readonly string[]): Promise<readonly unknown[]> {
  if (keys.length > 1 && keyv.getMany !== undefined && readsInBulk(keyv))
    try {
      const values = await keyv.getMany([...keys])
      if (Array.isArray(values) && values.length === keys.length) return values
      throw new Error(`getMany of ${keys.length} keys gave something else than as many values`)
    } catch (error) {
      // One broken value fails them all, so each is asked for by itself.
      if (!isOfOneValue(error)) throw error
    }
  return Promise.all(
    keys.map(async (key) => {
      try {
        return await keyv.get(key)
      } catch (error) {
        if (isOfOneValue(error)) return error
        throw error
      }
    }),
  )
}

/** @throws what any of them throws */
export async function writeMany(keyv: KeyvLike, texts: readonly StoredText[], ttlMs: number): Promise<void> {
  const ttl = wholeTtl(ttlMs)
  const replies = await Promise.all(texts.map(async ({ key, text }) => keyv.set(key, text, ttl)))
  if (replies.includes(false)) throw new Error('the Keyv says that it did not store')
}

/** Redis refuses fractions and 0, and Keyv takes undefined for no end. */
export function wholeTtl(ttlMs: number): number | undefined {
  return Number.isFinite(ttlMs) ? Math.max(1, Math.ceil(ttlMs)) : undefined
}

function readsInBulk({ getMany, store }: KeyvLike): boolean {
  if (typeof getMany !== 'function') return false
  // Without one of the store, Keyv's getMany asks for each key and takes what fails for a miss.
  return store === undefined || typeof (store as { readonly getMany?: unknown } | null)?.getMany === 'function'
}

/** Text that is not Keyv's JSON, or a list under one of our keys in Redis, says nothing about the store. */
function isOfOneValue(error: unknown): boolean {
  return error instanceof SyntaxError || (error instanceof Error && error.message.startsWith('WRONGTYPE'))
}
