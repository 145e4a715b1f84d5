import fc from 'fast-check'
import { expect, it } from 'vitest'
import { hashBytes } from '../../../src/rows/text/term-hash.ts'
import { createTermTable } from '../../../src/rows/text/term-table.ts'

const encoder = new TextEncoder()

function placesOf(terms: readonly string[], asked: readonly string[]): number[] {
  const placeOf = createTermTable(terms)
  return asked.map((term) => {
    const bytes = encoder.encode(`xx${term}xx`)
    const end = bytes.length - 2
    return placeOf(bytes, 2, end, hashBytes(bytes, 2, end))
  })
}

it('finds each term of any vocabulary at its place, and no other', () => {
  const term = fc.string({ unit: fc.constantFrom('a', 'b', ' ', 'é', '😀', '\0'), maxLength: 4 })
  fc.assert(
    fc.property(fc.uniqueArray(term), fc.array(term), (terms, others) => {
      const asked = [...terms, ...others]
      expect(placesOf(terms, asked)).toEqual(asked.map((one) => terms.indexOf(one) + 1))
    }),
  )
})

it('tells terms of one hash apart', () => {
  const [first, second] = collision()
  expect(placesOf([first, second], [first, second])).toEqual([1, 2])
  expect(placesOf([first], [second])).toEqual([0])
})

it('refuses a vocabulary that was made to collide, which would take its square to load', () => {
  const pair = collision()
  const terms = Array.from({ length: 2048 }, (_, i) =>
    Array.from({ length: 11 }, (_, bit) => pair[(i >> bit) & 1]).join(''),
  )
  expect(() => createTermTable(terms)).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }))
})

/** Two terms of one length and one hash, of which there are some among so many. */
function collision(): readonly [string, string] {
  const known = new Map<number, string>()
  for (let i = 0; ; i++) {
    const term = Math.imul(i, 0x9e3779b1).toString(36).padStart(8, '-') + (i % 36).toString(36)
    const bytes = encoder.encode(term)
    const hash = hashBytes(bytes, 0, bytes.length)
    const other = known.get(hash)
    if (other !== undefined && other !== term && other.length === term.length) return [other, term]
    known.set(hash, term)
  }
}
