// The name of a package in, the version that this package would import out; nothing is loaded.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const require = createRequire(import.meta.url)

/** Undefined where it is not installed. */
export function installedVersion(name: string): string | undefined {
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      const manifest = JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')) as { version?: unknown }
      if (typeof manifest.version === 'string') return manifest.version
    } catch {
      // not in this folder: Node looks in the next one, too
    }
  }
  return undefined
}
