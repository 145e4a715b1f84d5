// The name of a module with which a host begins in; the path of its built file out.

import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createError } from '../../errors.ts'

/**
 * Beside this module once built; sources are run by tests, and Node 20 starts no TypeScript.
 * @throws BACKEND_UNAVAILABLE where the file is not there
 */
export function hostEntry(name: 'host-main' | 'thread-main'): string {
  const here = import.meta.url
  const isSource = here.endsWith('.ts')
  const path = fileURLToPath(new URL(isSource ? `../../../dist/src/backend/host/${name}.js` : `./${name}.js`, here))
  if (existsSync(path)) return path
  throw createError(
    'BACKEND_UNAVAILABLE',
    `a host begins with ${path}, which is not there; ${isSource ? 'run npm run build' : 'do not bundle tfjs-serving, or copy its files beside the bundle'}`,
  )
}
