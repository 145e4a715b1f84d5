// Broken and hostile files in the formats of XGBoost: each ends in an error that says where, and no table is made for them.

import { describe, expect, it } from 'vitest'
import { readJson } from '../../../../converters/formats/xgboost/read-json.ts'
import { readUbjson } from '../../../../converters/formats/xgboost/read-ubjson.ts'
import { readXgboost } from '../../../../converters/formats/xgboost/read-xgboost.ts'
import { xgboostLimits } from '../../../../converters/formats/xgboost/xgboost-limits.ts'

const text = (value: string): Uint8Array => new TextEncoder().encode(value)
const bytes = (...parts: (string | number)[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'number' ? [part] : [...text(part)])))
const error = (code: string, message = ''): unknown =>
  expect.objectContaining({ code, message: expect.stringContaining(message) })

describe('readJson', () => {
  it('reads numbers as the nearest doubles, and lists of them as tables', () => {
    const written = [
      '0',
      '-0',
      '1.25E-1',
      '9007199254740993',
      '1e400',
      '-1E-400',
      '4.9406564584124654e-324',
      '1E0',
      '0.1e23',
      '123456789012345678901e-20',
    ]
    expect(readJson(text(`[${written.join(' , ')}]`))).toEqual(Float64Array.from(written, Number))
    expect(readJson(text('[]'))).toEqual(new Float64Array(0))
  })

  it('reads the words that XGBoost writes for what no JSON number is', () => {
    expect(readJson(text('[NaN, Infinity, -Infinity, -1]'))).toEqual(
      Float64Array.of(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1),
    )
  })

  it('keeps lists apart that lie in one another, and mixed ones as they are', () => {
    expect(readJson(text('[1, [2, 3], "a", {"b": [4]}, true, null]'))).toEqual([
      1,
      Float64Array.of(2, 3),
      'a',
      new Map([['b', Float64Array.of(4)]]),
      true,
      null,
    ])
  })

  it('reads texts with escapes, and a mark of byte order before all', () => {
    expect(readJson(Uint8Array.of(0xef, 0xbb, 0xbf, ...text('"a\\u00e9\\"\\n é"')))).toBe('aé"\n é')
  })

  it.each([
    ['nothing', ''],
    ['half a list', '[1, 2'],
    ['half a record', '{"a": 1'],
    ['a comma too many', '[1,]'],
    ['a comma too many in a record', '{"a":1,}'],
    ['a name without quotation marks', '{a: 1}'],
    ['a name twice', '{"a": 1, "a": 2}'],
    ['two values', '1 2'],
    ['a leading zero', '[01]'],
    ['a number without digits', '[-]'],
    ['a point without digits', '[1.]'],
    ['an exponent without digits', '[1e+]'],
    ['half a word', '[Na]'],
    ['a text without an end', '"abc'],
    ['an escape that there is not', '"\\x"'],
    ['a line feed in a text', '"a\nb"'],
  ])('refuses %s', (_, written) => {
    expect(() => readJson(text(written))).toThrow(error('FILE_CORRUPT', 'at byte'))
  })

  it('refuses a text that is not UTF-8', () => {
    expect(() => readJson(bytes('"', 0xff, '"'))).toThrow(error('FILE_CORRUPT', 'UTF-8'))
  })

  it('ends lists in lists, and more records than any model has, at their limits', () => {
    expect(() => readJson(text('['.repeat(1000)))).toThrow(error('LIMIT_EXCEEDED', 'depth'))
    const many = `[${'{},'.repeat(xgboostLimits.valueCount)}1]`
    expect(() => readJson(text(many))).toThrow(error('LIMIT_EXCEEDED', 'valueCount'))
  })
})

const long = (value: number): number[] => {
  const view = new DataView(new ArrayBuffer(8))
  view.setBigInt64(0, BigInt(value))
  return [...new Uint8Array(view.buffer)]
}

describe('readUbjson', () => {
  it('reads every type of number, alone and in tables', () => {
    expect(readUbjson(bytes('[$d#i', 1, 0x3f, 0x80, 0, 0))).toEqual(Float64Array.of(1))
    expect(readUbjson(bytes('[#U', 4, 'i', 0xff, 'U', 0xff, 'I', 0xff, 0xfe, 'L', ...long(-5)))).toEqual(
      Float64Array.of(-1, 255, -2, -5),
    )
    expect(readUbjson(bytes('[l', 0, 0, 1, 0, 'N', 'T', ']'))).toEqual([256, true])
    expect(readUbjson(bytes('{L', ...long(1), 'a', '[]', 'i', 1, 'b', 'SU', 1, 'c', 'N}N'))).toEqual(
      new Map<string, unknown>([
        ['a', new Float64Array(0)],
        ['b', 'c'],
      ]),
    )
  })

  it.each([
    ['nothing', bytes()],
    ['a marker that there is not', bytes('x')],
    ['half a number', bytes('D', 0, 0)],
    ['a text longer than the file', bytes('SL', ...long(2 ** 40), 'abc')],
    ['a text of negative length', bytes('Si', 0xff)],
    ['a length that is none', bytes('Sd', 0, 0, 0, 0)],
    ['a table longer than the file', bytes('[$d#L', ...long(2 ** 50))],
    ['a table whose bytes pass 2⁵³', bytes('[$D#L', ...long(2 ** 52))],
    ['a list longer than the file', bytes('[#L', ...long(2 ** 31), 'T')],
    ['a table of what takes no bytes', bytes('[$Z#L', ...long(2 ** 31))],
    ['a table without a length', bytes('[$d', 0)],
    ['a record without an end', bytes('{i', 1, 'aT')],
    ['a name twice', bytes('{i', 1, 'aTi', 1, 'aT}')],
    ['two values', bytes('TT')],
  ])('refuses %s', (_, file) => {
    expect(() => readUbjson(file)).toThrow(error('FILE_CORRUPT', 'at byte'))
  })

  it('ends lists in lists at the limit', () => {
    expect(() => readUbjson(text('['.repeat(1000)))).toThrow(error('LIMIT_EXCEEDED', 'depth'))
  })
})

describe('readXgboost', () => {
  it.each(['{}', '[1]', '{"Config": 1}', '[{"nodeid": 0}]'])('says that %s is no model', (written) => {
    expect(() => readXgboost(text(written), 'xgboost-json')).toThrow(error('UNSUPPORTED', 'save_model'))
  })

  it('finds the model in a snapshot of a booster in memory', () => {
    const written = text('{"Config": {}, "Model": {"learner": {}, "version": [1, 7, 4]}}')
    expect([...readXgboost(written, 'xgboost-json').keys()]).toEqual(['learner', 'version'])
  })
})
