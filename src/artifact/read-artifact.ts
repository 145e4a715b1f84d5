// The files of an artifact in, the artifact out, verified by a SHA-256 that runs anywhere where none is given.

import type { Artifact } from './artifact.ts'
import { readHashedArtifact } from './hashed-artifact.ts'
import { type Hash, sha256Hex } from './sha256.ts'

export type ReadOptions = {
  /** @default sha256Hex */
  readonly hash?: Hash
}

/** As `readHashedArtifact`, with its errors. */
export function readArtifact(
  files: Readonly<Record<string, Uint8Array>>,
  { hash = sha256Hex }: ReadOptions = {},
): Artifact {
  return readHashedArtifact(files, hash)
}
