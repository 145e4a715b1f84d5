// Bytes in, SHA-256 in hex out, by Node's OpenSSL: several times faster than portable JavaScript.

import { createHash } from 'node:crypto'
import type { Hash } from '../artifact/sha256.ts'

export const nodeSha256: Hash = (bytes) => createHash('sha256').update(bytes).digest('hex')
