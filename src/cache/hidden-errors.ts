// A user's Keyv in; whether its calls keep failures to themselves, and what health says about that, out.

import type { KeyvLike } from './cache-port.ts'

export const hiddenErrorsWarning =
  'errors of this Keyv cannot be seen: a lookup that failed looks like a miss and a store that failed like one that worked; make the Keyv, and the adapter of its store, with throwOnErrors: true'

/** True for a Keyv, or an adapter such as @keyv/redis, that was not told to throw. A Map never fails. */
export function hidesErrors({ throwOnErrors, store }: KeyvLike): boolean {
  if (store instanceof Map) return false
  return throwOnErrors === false || (store as { readonly throwOnErrors?: unknown } | undefined)?.throwOnErrors === false
}
