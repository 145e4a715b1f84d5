// Bytes and a source of randomness in; the same bytes with some changed, lost, added, repeated or exchanged out.

import type { SeededRandom } from '../../../src/rows/seeded-random.ts'

/** Bytes that readers have special cases for: zeros, ends of ranges, digits, signs, brackets, commas. */
const telling = [0, 1, 0x7f, 0x80, 0xfe, 0xff, ...Buffer.from('0123456789-+.eE{}[](),:="\n aNinf')]
/** Little-endian integers that lengths are confused by. */
const extremes = [0, 1, 0xff, 0xffff, 0x7fff_ffff, 0xffff_ffff]

type Mutation = (bytes: Uint8Array, random: SeededRandom, other: Uint8Array) => Uint8Array

const changeBytes: Mutation = (bytes, random) => {
  const changed = bytes.slice()
  for (let count = 1 + random.integer(3); count > 0; count--)
    changed[random.integer(bytes.length)] =
      random.integer(2) === 0 ? telling[random.integer(telling.length)] : random.integer(256)
  return changed
}

const flipBit: Mutation = (bytes, random) => {
  const changed = bytes.slice()
  changed[random.integer(bytes.length)] ^= 1 << random.integer(8)
  return changed
}

const writeInteger: Mutation = (bytes, random) => {
  const changed = bytes.slice()
  if (bytes.length < 4) return changed
  const view = new DataView(changed.buffer)
  view.setUint32(random.integer(bytes.length - 3), extremes[random.integer(extremes.length)], random.integer(4) > 0)
  return changed
}

const remove: Mutation = (bytes, random) => {
  const start = random.integer(bytes.length)
  return joined(bytes.subarray(0, start), bytes.subarray(start + 1 + random.integer(40)))
}

const insert: Mutation = (bytes, random) => {
  const start = random.integer(bytes.length)
  const added = Uint8Array.from({ length: 1 + random.integer(12) }, () => telling[random.integer(telling.length)])
  return joined(bytes.subarray(0, start), added, bytes.subarray(start))
}

const truncate: Mutation = (bytes, random) => bytes.slice(0, random.integer(bytes.length))

const repeatPart: Mutation = (bytes, random) => {
  const start = random.integer(bytes.length)
  const part = bytes.subarray(start, start + 1 + random.integer(200))
  const times = 2 + random.integer(30)
  return joined(bytes.subarray(0, start), ...new Array<Uint8Array>(times).fill(part), bytes.subarray(start))
}

const exchangeParts: Mutation = (bytes, random) => {
  const changed = bytes.slice()
  const length = Math.min(bytes.length, 1 + random.integer(64))
  const [from, to] = [random.integer(bytes.length - length + 1), random.integer(bytes.length - length + 1)]
  changed.set(bytes.subarray(from, from + length), to)
  return changed
}

const splice: Mutation = (bytes, random, other) =>
  joined(bytes.subarray(0, random.integer(bytes.length)), other.subarray(random.integer(other.length)))

const mutations = [
  changeBytes,
  changeBytes,
  flipBit,
  writeInteger,
  remove,
  insert,
  truncate,
  repeatPart,
  exchangeParts,
  splice,
]

/** One to four mutations, one after the other; `other` is what may be spliced in. */
export function mutate(bytes: Uint8Array, random: SeededRandom, other: Uint8Array): Uint8Array {
  let mutated = bytes
  for (let count = 1 + random.integer(4) * random.integer(2); count > 0 && mutated.length > 0; count--)
    mutated = mutations[random.integer(mutations.length)](mutated, random, other)
  return mutated
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}
