// Paths that a user gave in, the pinned wheels that lie there out.

import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { usageError } from '../usage-error.ts'
import { wrongHash } from './fetch-wheel.ts'
import { hashFile } from './file-hash.ts'
import { installFailure } from './install-failure.ts'
import type { PinnedWheel } from './pinned.ts'

/** From a wheel's sha256 to the path where it lies. */
export type GivenWheels = ReadonlyMap<string, string>

/**
 * Knows wheels by their hash, so that their names do not matter.
 * @throws INPUT_INVALID where there is no such file; BACKEND_UNAVAILABLE where a file is none of the wheels
 */
export async function findGivenWheels(
  paths: readonly string[],
  wheels: readonly PinnedWheel[],
  signal?: AbortSignal,
): Promise<GivenWheels> {
  const given = new Map<string, string>()
  for (const path of paths) {
    if (!(await isFile(path))) throw usageError(`--wheel: there is no file ${path}`)
    const sha256 = await hashFile(path, 'sha256', 'hex', signal)
    const meant =
      wheels.find((wheel) => wheel.fileName === basename(path)) ?? (wheels.length === 1 ? wheels[0] : undefined)
    if (wheels.some((wheel) => wheel.sha256 === sha256)) given.set(sha256, path)
    else if (meant !== undefined) throw installFailure('wheels', `--wheel ${path}: ${wrongHash(meant, sha256)}`)
    else {
      const names = wheels.map(({ fileName }) => fileName).join(', ')
      throw installFailure(
        'wheels',
        `--wheel ${path}: sha256 ${sha256} is of none of the wheels that are needed: ${names}`,
      )
    }
  }
  return given
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}
