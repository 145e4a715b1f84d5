// The public `caching` option in, every default filled in out; checked once.

import { createError } from '../errors.ts'
import { nameHint } from '../rows/nearest-name.ts'
import { shownValue } from '../rows/shown-value.ts'
import type { CachingOptions } from './cache-port.ts'

export type ResolvedCaching = Required<
  Pick<CachingOptions, 'ttlMs' | 'staleWhileRevalidateMs' | 'maxEntries' | 'maxByteLength' | 'compression'>
> &
  Pick<CachingOptions, 'redisUrl' | 'keyv' | 'keyPrefix'>

const defaults = {
  ttlMs: 300_000,
  staleWhileRevalidateMs: 0,
  maxEntries: 10_000,
  /** 10,000 small answers take about 6 MiB; this bounds what wide rows and vectors may take. */
  maxByteLength: 64 * 1024 ** 2,
  compression: true,
  redisUrl: undefined,
  keyv: undefined,
  keyPrefix: undefined,
} as const satisfies { readonly [Name in keyof Required<CachingOptions>]: CachingOptions[Name] }

/**
 * The option as users give it: `true` and undefined mean every default, `false` no cache.
 * @throws VALIDATION_FAILED as `resolveCachingOptions` does, and for what is no option at all
 */
export function resolveCaching(caching: unknown): false | ResolvedCaching {
  if (caching === false) return false
  if (caching === undefined || caching === true) return resolveCachingOptions({})
  if (typeof caching === 'object' && caching !== null && !Array.isArray(caching)) return resolveCachingOptions(caching)
  throw createError(
    'VALIDATION_FAILED',
    `caching: expected true, false or an object of options, got ${shownValue(caching)}`,
    {
      details: { option: 'caching' },
    },
  )
}

/** @throws VALIDATION_FAILED for a name that is no option, a value that cannot be, and options that contradict each other */
export function resolveCachingOptions(options: CachingOptions): ResolvedCaching {
  for (const name of Object.keys(options)) assertOption(name)
  const resolved = { ...defaults, ...definedOnly(options) }
  const { ttlMs, staleWhileRevalidateMs, maxEntries, maxByteLength, compression, redisUrl, keyv, keyPrefix } = resolved
  check('ttlMs', isAbove(ttlMs, 0), 'a number of milliseconds above 0', shownValue(ttlMs))
  check(
    'staleWhileRevalidateMs',
    staleWhileRevalidateMs === 0 || isAbove(staleWhileRevalidateMs, 0),
    'a number of milliseconds from 0 on',
    shownValue(staleWhileRevalidateMs),
  )
  check('maxEntries', Number.isInteger(maxEntries) && maxEntries > 0, 'an integer above 0', shownValue(maxEntries))
  check('maxByteLength', isAbove(maxByteLength, 0), 'a number of bytes above 0', shownValue(maxByteLength))
  check('compression', typeof compression === 'boolean', 'true or false', shownValue(compression))
  check('keyPrefix', keyPrefix === undefined || typeof keyPrefix === 'string', 'a string', shownValue(keyPrefix))
  check('redisUrl', redisUrl === undefined || keyv === undefined, 'redisUrl or keyv, not both', 'both')
  // The URL may hold a password: it is never part of a text.
  check('redisUrl', redisUrl === undefined || isRedisUrl(redisUrl), "'redis://host:port' or 'rediss://…'", 'another')
  check('keyv', keyv === undefined || isKeyv(keyv), 'a Keyv, with get and set', typeof keyv)
  return resolved
}

function assertOption(name: string): void {
  const names = Object.keys(defaults)
  if (names.includes(name)) return
  throw createError('VALIDATION_FAILED', `caching.${name}: there is no such option; ${nameHint(name, names)}`, {
    details: { option: `caching.${name}`, available: names },
  })
}

/** An option that is undefined is one that was not given. */
function definedOnly(options: CachingOptions): CachingOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}

function isAbove(value: unknown, bound: number): boolean {
  return typeof value === 'number' && value > bound
}

function isRedisUrl(url: unknown): boolean {
  return typeof url === 'string' && URL.canParse(url) && ['redis:', 'rediss:'].includes(new URL(url).protocol)
}

function isKeyv(keyv: unknown): boolean {
  if (typeof keyv !== 'object' || keyv === null) return false
  const { get, set } = keyv as { readonly get?: unknown; readonly set?: unknown }
  return typeof get === 'function' && typeof set === 'function'
}

function check(option: string, holds: boolean, expected: string, got: string): void {
  if (holds) return
  throw createError('VALIDATION_FAILED', `caching.${option}: expected ${expected}, got ${got}`, {
    details: { option: `caching.${option}` },
  })
}
