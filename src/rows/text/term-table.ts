// A vocabulary in; the place in it of a term that stands in UTF-8 bytes out.

import { createError } from '../../errors.ts'
import { hashBytes } from './term-hash.ts'
import { createUtf8Text, writeUtf8 } from './utf8-text.ts'

/** From 1 on, 0 where the vocabulary does not have it. */
export type TermPlace = (bytes: Uint8Array, start: number, end: number, hash: number) => number

/** Terms that a vocabulary has by chance are found within some dozens; those made to collide would take their square to load. */
const mostProbes = 1000

/**
 * Open addressing by hashes that are made while terms are told: a term that is cut from a text is a string nobody has
 * hashed, which a Map would do at a higher price.
 * @throws VALIDATION_FAILED
 */
export function createTermTable(terms: readonly string[]): TermPlace {
  const text = createUtf8Text()
  const bytes = new Uint8Array(terms.reduce((sum, { length }) => sum + 3 * length, 0))
  const ends = new Int32Array(terms.length + 1)
  const mask = 2 ** Math.ceil(Math.log2(2 * terms.length + 1)) - 1
  // hash and place of each slot stand side by side, to be read at once
  const slots = new Int32Array(2 * (mask + 1))
  terms.forEach((term, i) => {
    writeUtf8(text, term)
    const end = (ends[i + 1] = ends[i] + text.length)
    bytes.set(text.bytes.subarray(0, text.length), ends[i])
    const hash = hashBytes(bytes, ends[i], end)
    let slot = slotOf(hash) & mask
    let probes = 1
    for (; slots[2 * slot + 1] !== 0; slot = (slot + 1) & mask) if (++probes > mostProbes) throw colliding(terms.length)
    slots[2 * slot] = hash
    slots[2 * slot + 1] = i + 1
  })

  function isTerm(place: number, from: Uint8Array, start: number, end: number): boolean {
    const first = ends[place - 1]
    if (ends[place] - first !== end - start) return false
    for (let k = start; k < end; k++) if (from[k] !== bytes[first + k - start]) return false
    return true
  }

  return (from, start, end, hash) => {
    for (let slot = slotOf(hash) & mask; ; slot = (slot + 1) & mask) {
      const place = slots[2 * slot + 1]
      if (place === 0 || (slots[2 * slot] === hash && isTerm(place, from, start, end))) return place
    }
  }
}

/** The low bits of a hash know little of its first bytes until they are mixed. */
function slotOf(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return mixed ^ (mixed >>> 13)
}

function colliding(count: number): Error {
  return createError(
    'VALIDATION_FAILED',
    `the vocabulary of ${count} terms has more than ${mostProbes} that collide, which none has by chance; convert the model again`,
  )
}
