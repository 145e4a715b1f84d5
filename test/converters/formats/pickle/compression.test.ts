// A model in every compression of joblib, whole, cut, changed or without end. FUZZ_RUNS raises the number of changes.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32 } from '../../../../converters/formats/pickle/checksums.ts'
import { crc64 } from '../../../../converters/formats/pickle/compression/crc64.ts'
import { xxh32 } from '../../../../converters/formats/pickle/compression/xxh32.ts'
import { openContainer } from '../../../../converters/formats/pickle/container.ts'
import { pickleLimits, resolvePickleLimits } from '../../../../converters/formats/pickle/pickle-limits.ts'
import { readPickle } from '../../../../converters/formats/pickle/read-pickle.ts'
import { sklearnToSourceModel } from '../../../../converters/frontends/sklearn/to-source-model.ts'
import { isMLError } from '../../../../src/errors.ts'
import { interpret } from '../../../../src/regions/interpret.ts'

const root = join(import.meta.dirname, '../../../golden/compressed')
const answers = JSON.parse(readFileSync(join(root, 'answers.json'), 'utf8')) as {
  readonly rows: number[][]
  readonly predict_proba: number[][]
}
const files = readdirSync(root)
  .filter((name) => !/\.(json|py)$/.test(name))
  .map((name) => ({ name, bytes: new Uint8Array(readFileSync(join(root, name))) }))
const own = files.filter(({ name }) => /\.(bz2|xz|lzma|lz4)$/.test(name))

function codeOf(read: () => unknown): string {
  try {
    read()
    return 'none'
  } catch (error) {
    if (isMLError(error)) return error.code
    throw error
  }
}

function openedText(bytes: Uint8Array): string {
  return Buffer.from(openContainer(bytes, pickleLimits)).toString('latin1')
}

it.each(files)('reads the model in $name', ({ bytes }) => {
  const { graph } = sklearnToSourceModel(readPickle(bytes))
  answers.rows.forEach((row, i) => {
    const [yes] = interpret(graph, Float64Array.from(row))
    expect(Math.abs(yes - answers.predict_proba[i][1])).toBeLessThan(1e-12)
  })
})

describe('checksums', () => {
  const check = new TextEncoder().encode('123456789')

  it('are those of the published check values', () => {
    expect(crc64(check)).toEqual({ high: 0x995dc9bb, low: 0xdf1939fa })
    expect(xxh32(check)).toBe(0x937bad67)
    expect(xxh32(new Uint8Array(0))).toBe(0x02cc5d05)
    expect(xxh32(new TextEncoder().encode('Nobody inspects the spammish repetition'))).toBe(0xe2293b2f)
  })
})

describe('a file that was cut', () => {
  it.each(own)('is refused wherever $name ends', ({ bytes }) => {
    const step = Math.ceil(bytes.length / 60)
    for (let end = 7; end < bytes.length; end += end < 40 ? 1 : step)
      expect(codeOf(() => readPickle(bytes.subarray(0, end)))).toBe('FILE_CORRUPT')
  })

  it.each(own)('is refused with bytes after the end of $name', ({ bytes }) => {
    expect(codeOf(() => readPickle(Uint8Array.of(...bytes, 0, 1, 2, 3)))).toBe('FILE_CORRUPT')
  })
})

describe('a file that was changed', () => {
  const runCount = Number(process.env.FUZZ_RUNS ?? 120)
  const change = fc.record({ place: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), byte: fc.nat(255) })

  // lz4 of joblib has no checksum of its content, and lzma none at all: there the pickle reader has the last word.
  it.each(own)('is refused, or holds the same: $name', ({ name, bytes }) => {
    const whole = openedText(bytes)
    const isChecked = /bz2|xz/.test(name)
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const broken = bytes.slice()
        for (const { place, byte } of changes) broken[Math.floor(place * broken.length)] = byte
        try {
          // A changed magic makes it another format, or none.
          if (isChecked && broken.subarray(0, 6).every((byte, i) => byte === bytes[i]))
            expect(openedText(broken)).toBe(whole)
          else readPickle(broken)
        } catch (error) {
          if (!isMLError(error)) throw error
        }
      }),
      { numRuns: runCount, seed: 20261123 },
    )
  })
})

describe('a bomb', () => {
  const small = { inflatedByteLength: 4000 }
  const dense = { inflationFreeByteLength: 1000, inflationRatio: 2 }

  it.each(own.filter(({ name }) => name.startsWith('model')))('ends at the limits: $name', ({ bytes }) => {
    expect(codeOf(() => openContainer(bytes, resolvePickleLimits(small)))).toBe('LIMIT_EXCEEDED')
    expect(codeOf(() => openContainer(bytes, resolvePickleLimits(dense)))).toBe('LIMIT_EXCEEDED')
  })

  it('of 128 MiB in 112 bytes ends at the ratio', () => {
    const bomb = Buffer.from(zerosBz2, 'base64')
    const limits = resolvePickleLimits({ inflationFreeByteLength: 2 ** 25 })
    expect(() => openContainer(new Uint8Array(bomb), limits)).toThrow(/inflationRatio/)
  })

  it('of xz chunks that start their tables anew ends soon', () => {
    const header = [0, 4]
    const blockHeader = [2, 0, 0x21, 1, 0, 0, 0, 0]
    const chunk = [0xe0, 0, 0, 0, 5, 0x5d, 0, 0, 0, 0, 0, 0]
    const bytes = Uint8Array.from([
      ...[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0],
      ...header,
      ...littleEndian(crc32(Uint8Array.from(header))),
      ...blockHeader,
      ...littleEndian(crc32(Uint8Array.from(blockHeader))),
      ...Array.from({ length: 20_000 }, () => chunk).flat(),
    ])
    expect(() => openContainer(bytes, pickleLimits)).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }))
  })
})

it.each([
  ['a dictionary', Uint8Array.of(4, 0x22, 0x4d, 0x18, 0x41, 0x40, 0, 0, 0, 0, 0), 'UNSUPPORTED'],
  ['a version of lz4 that is none', Uint8Array.of(4, 0x22, 0x4d, 0x18, 0xc0, 0x40, 0, 0), 'FILE_CORRUPT'],
  ['a length that does not fit', new TextEncoder().encode('ZF0x5              x\x9c'), 'FILE_CORRUPT'],
])('refuses %s', (_, bytes, code) => {
  expect(codeOf(() => readPickle(bytes))).toBe(code)
})

function littleEndian(value: number): number[] {
  return [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff)
}

const zerosBz2 =
  'QlpoOTFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXMUFZJlNZDgni3wFfjkAAwAAACCAAMIBNRkKgJakKgJcxQVkmU1mB85rjAUTnQADEAAAIIAAwzAUpplRUQmxVFRCeLuSKcKEhS4+oQg=='
