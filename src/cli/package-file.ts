// A path inside the package in, where it lies on this disk out: in a checkout as well as installed and built.

import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** src/cli/ lies two folders below the root, dist/src/cli/ three. */
export function packageFile(path: string): string {
  const root = ['../../', '../../../'].find((up) => existsSync(new URL(`${up}package.json`, import.meta.url)))
  return fileURLToPath(new URL(`${root ?? '../../'}${path}`, import.meta.url))
}
