// The files of a version in, the one SHA-256 by which the store knows them out.

import type { Hash } from '../../artifact/sha256.ts'

/** What the registry reads of a version's folder; lineage.json and whatever else lies there does not change answers. */
const artifactFile = /^(model\.json|[\w.-]+\.bin)$/

export function isArtifactFile(name: string): boolean {
  return artifactFile.test(name)
}

/**
 * SHA-256 of the lines that `LC_ALL=C sha256sum *.bin model.json` prints, sorted by name: anyone can compute it without
 * this library.
 */
export function artifactChecksum(files: Readonly<Record<string, Uint8Array>>, hash: Hash): string {
  const names = Object.keys(files).filter(isArtifactFile).sort()
  return hash(new TextEncoder().encode(names.map((name) => `${hash(files[name])}  ${name}\n`).join('')))
}
