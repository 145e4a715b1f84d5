import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checksumOf, hasChecksum } from '../../src/cache/checksum.ts'

/** FNV-1a in numbers of any size, slow and obvious. */
function oracle(text: string): string {
  let hash = 0x811c9dc5n
  for (let i = 0; i < text.length; i++) hash = ((hash ^ BigInt(text.charCodeAt(i))) * 0x01000193n) & 0xffffffffn
  return hash.toString(16).padStart(8, '0')
}

describe('checksumOf', () => {
  it.each([
    ['', '811c9dc5'],
    ['a', 'e40c292c'],
    ['foobar', 'bf9cf968'],
  ])('is FNV-1a, whose authors give %j the hash %s', (text, hash) => {
    expect(checksumOf('', text)).toBe(hash)
    expect(checksumOf(text, '')).toBe(hash)
  })

  it('is that of key and text together, whatever they hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), fc.nat(5), (key, text, start) => {
        expect(checksumOf(key, text, start)).toBe(oracle(key + text.slice(start)))
      }),
    )
  })
})

describe('hasChecksum', () => {
  it('finds the checksum before the text, and none that differs in a digit', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.nat(7), fc.integer({ min: 1, max: 15 }), (key, text, at, change) => {
        const checksum = checksumOf(key, text)
        expect(hasChecksum(key, `ab${checksum}${text}`, 10)).toBe(true)
        const digit = ((Number.parseInt(checksum[at], 16) + change) % 16).toString(16)
        expect(hasChecksum(key, `ab${checksum.slice(0, at)}${digit}${checksum.slice(at + 1)}${text}`, 10)).toBe(false)
      }),
    )
  })

  it('finds none where the text is too short for one', () => {
    expect(hasChecksum('key', 'abc', 13)).toBe(false)
  })
})
