// Which folder of the user the native add-on is looked for in.
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { cacheRoot } from '../../../src/backend/host/native-home.ts'

test.each<[NodeJS.ProcessEnv, string]>([
  [{ TFJS_SERVING_CACHE: '/srv/cache' }, '/srv/cache'],
  // modules are loaded from it, which takes an absolute path
  [{ TFJS_SERVING_CACHE: '../cache' }, resolve('../cache')],
  [{ TFJS_SERVING_CACHE: '', XDG_CACHE_HOME: '/srv/xdg' }, join('/srv/xdg', 'tfjs-serving')],
  [{}, join(homedir(), '.cache', 'tfjs-serving')],
])('%j means an absolute folder', (env, root) => {
  expect(cacheRoot(env)).toBe(root)
})
