// Bytes in, their SHA-256 as lower-case hexadecimal out; synchronous and the same in Node, browsers and edge workers.

import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'

export type Hash = (bytes: Uint8Array) => string

export const sha256Hex: Hash = (bytes) => bytesToHex(sha256(bytes))
