// Where the native add-on is, if anywhere: the user's own folder, or the one that the integration tests install it to.

import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const testCache = fileURLToPath(new URL('../../.cache/native-test/', import.meta.url))

/** Sets TFJS_SERVING_CACHE where only the tests' own install is there; false where none is. */
export async function useNativeInstall() {
  const { findNative } = await import(new URL('../../dist/src/backend/host/native-home.js', import.meta.url).href)
  if ((await findNative('cpu')) !== undefined) return true
  if (process.env.TFJS_SERVING_CACHE !== undefined || !existsSync(testCache)) return false
  process.env.TFJS_SERVING_CACHE = testCache
  if ((await findNative('cpu')) !== undefined) return true
  delete process.env.TFJS_SERVING_CACHE
  return false
}
