// One canonical row of one model in; a cache key that no other row, model, version, artifact or tenant shares out.

import type { Hash } from '../artifact/sha256.ts'

/** Rows up to this width go into an exact key as they are, 8 bytes a value; wider ones would make keys of over 4 KiB. */
const maxExactWidth = 512

/** `String.fromCharCode` takes its characters as arguments, of which engines allow some ten thousand. */
const maxCharactersAtOnce = 4096

/**
 * `exact`: the row's own bytes, for stores in this process: no hash, hence no cost and no collision.
 * `hashed`: SHA-256 of the row's bytes, for stores elsewhere: short, printable, and nobody can craft two rows that share it.
 */
export type KeyKind = 'exact' | 'hashed'

export type RowKeyOptions = {
  readonly model: string
  readonly version: string
  /** Names the artifact: another training under the same version never shares answers. */
  readonly artifactSha256: string
  readonly kind: KeyKind
  readonly hash: Hash
}

/** Key of a canonical row, which is only read. Callers that must not see each other's answers differ in `tenant`. */
export type RowKey = (row: Float64Array, tenant?: string) => string

/** Builds what all keys of one model share once. NaN of any payload is one NaN, and −0 is 0. */
export function createRowKey({ model, version, artifactSha256, kind, hash }: RowKeyOptions): RowKey {
  // JSON delimits itself ("a:b" and "a", "b" differ) and escapes lone surrogates, which UTF-8 would merge.
  const names = JSON.stringify([model, version])
  const artifact = JSON.stringify(artifactSha256)
  const artifactBytes = new TextEncoder().encode(artifact)
  const anonymous = { exact: `${names}${artifact}-e`, hashed: `${names}-h` }
  let canonical = new Float64Array(0)
  let characters = new Uint16Array(0)
  let hashed = new Uint8Array(0)

  function reserve(width: number): void {
    canonical = new Float64Array(width)
    characters = new Uint16Array(canonical.buffer)
    hashed = new Uint8Array(artifactBytes.length + canonical.byteLength)
    hashed.set(artifactBytes)
  }

  function exactKey(row: Float64Array, tenant: string | undefined): string {
    for (let i = 0; i < row.length; i++) canonical[i] = canonicalNumber(row[i])
    const start = tenant === undefined ? anonymous.exact : `${names}${artifact}${JSON.stringify(tenant)}e`
    return start + textOf(characters)
  }

  /** Shorter, since it travels with each lookup: the artifact is part of what is hashed. */
  function hashedKey(row: Float64Array, tenant: string | undefined): string {
    const bytes = new DataView(hashed.buffer, artifactBytes.length)
    // little-endian on every machine, since machines share the store
    for (let i = 0; i < row.length; i++) bytes.setFloat64(8 * i, canonicalNumber(row[i]), true)
    const start = tenant === undefined ? anonymous.hashed : `${names}${JSON.stringify(tenant)}h`
    return start + hash(hashed)
  }

  return (row, tenant) => {
    if (canonical.length !== row.length) reserve(row.length)
    return kind === 'exact' && row.length <= maxExactWidth ? exactKey(row, tenant) : hashedKey(row, tenant)
  }
}

function canonicalNumber(value: number): number {
  return value === value ? value + 0 : NaN
}

/** Each pair of bytes as one UTF-16 unit; lone surrogates are kept apart as long as nobody encodes the text. */
function textOf(characters: Uint16Array): string {
  if (characters.length <= maxCharactersAtOnce) return fromCharCodes(characters)
  let text = ''
  for (let start = 0; start < characters.length; start += maxCharactersAtOnce)
    text += fromCharCodes(characters.subarray(start, start + maxCharactersAtOnce))
  return text
}

function fromCharCodes(characters: Uint16Array): string {
  // Function.apply takes any array-like; TypeScript's declaration asks for an array.
  return String.fromCharCode.apply(null, characters as unknown as number[])
}
