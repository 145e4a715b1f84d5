// An artifact in, the keys of its rows in caches out.

import type { Artifact } from '../artifact/artifact.ts'
import type { Hash } from '../artifact/sha256.ts'
import { createRowKey, type KeyKind, type RowKey } from '../cache/cache-key.ts'

export function rowKeys({ metadata, sha256 }: Artifact, hash: Hash): Record<KeyKind, RowKey> {
  const shared = { model: metadata.name, version: metadata.version, artifactSha256: sha256, hash }
  return { exact: createRowKey({ ...shared, kind: 'exact' }), hashed: createRowKey({ ...shared, kind: 'hashed' }) }
}
