// A file in, its hash out, read piece by piece so that its size does not matter.

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'

/** Hashing is then the work, not the turns of the event loop between pieces of Node's default, 64 KiB. */
const pieceByteLength = 2 ** 20

/** @throws `signal.reason`, or what the file system says */
export async function hashFile(
  path: string,
  algorithm: 'sha256' | 'sha512',
  encoding: 'hex' | 'base64',
  signal?: AbortSignal,
): Promise<string> {
  const hash = createHash(algorithm)
  for await (const piece of createReadStream(path, { highWaterMark: pieceByteLength })) {
    signal?.throwIfAborted()
    hash.update(piece as Buffer)
  }
  return hash.digest(encoding)
}
