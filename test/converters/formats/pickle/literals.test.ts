// Single literals as protocols 0 to 4, and Python 2, spell them in; their values out.
import { expect, it } from 'vitest'
import { readPickle } from '../../../../converters/formats/pickle/read-pickle.ts'
import type { PyValue } from '../../../../converters/formats/pickle/values.ts'
import { type Part, pickle, text, u32, u64, u8 } from './opcode-writer.ts'

const literals: readonly (readonly [string, readonly Part[], PyValue])[] = [
  ['INT 00 as False', ['INT', text('00\n')], false],
  ['INT 01 as True', ['INT', text('01\n')], true],
  ['INT 1 as a number', ['INT', text('1\n')], 1],
  ['INT with a plus', ['INT', text('+12\n')], 12],
  ['INT beyond 2^53 as a bigint', ['INT', text('-9007199254740993\n')], -9007199254740993n],
  ['LONG with its L', ['LONG', text('-12L\n')], -12],
  ['LONG without L', ['LONG', text('12\n')], 12],
  ['LONG1 of no bytes', ['LONG1', u8(0)], 0],
  ['LONG1 of -1', ['LONG1', u8(1), u8(0xff)], -1],
  ['LONG1 of 255, which needs a second byte', ['LONG1', u8(2), u8(0xff), u8(0)], 255],
  ['LONG1 of -2^53', ['LONG1', u8(7), Uint8Array.of(0, 0, 0, 0, 0, 0, 0xe0)], -(2n ** 53n)],
  ['LONG4', ['LONG4', u32(9), u64(0n), u8(1)], 2n ** 64n],
  ['FLOAT', ['FLOAT', text('-1.5e-3\n')], -0.0015],
  ['FLOAT -0.0', ['FLOAT', text('-0.0\n')], -0],
  ['FLOAT nan', ['FLOAT', text('nan\n')], Number.NaN],
  ['FLOAT -inf', ['FLOAT', text('-inf\n')], -Infinity],
  ['FLOAT inf', ['FLOAT', text('inf\n')], Infinity],
  ['UNICODE with both escapes', ['UNICODE', text('a\\u00e9\\U0001f600\\n\n')], 'aé😀\\n'],
  ['UNICODE with escapes that are none', ['UNICODE', text('\\u00g0\\u12\\U0001f60\n')], '\\u00g0\\u12\\U0001f60'],
  ['UNICODE in capital digits', ['UNICODE', text('\\u00E9\\U0010FFFF\n')], 'é\u{10ffff}'],
  ['UNICODE with bytes beyond ASCII', ['UNICODE', text('h\xe4\n')], 'hä'],
  ['STRING with escapes', ['STRING', text("'a\\'\\\\\\n\\t\\xe9\\101\\q'\n")], "a'\\\n\t\xe9Aq"],
  ['STRING in double quotes', ['STRING', text('"it\'s"\n')], "it's"],
  ['STRING of nothing', ['STRING', text("''\n")], ''],
  ['BINSTRING', ['BINSTRING', u32(2), text('h\xe4')], 'h\xe4'],
  ['SHORT_BINSTRING', ['SHORT_BINSTRING', u8(1), u8(0xff)], '\xff'],
  ['BINUNICODE8', ['BINUNICODE8', u64(3n), Uint8Array.of(0xe7, 0x8c, 0xab)], '猫'],
  ['BININT below zero', ['BININT', u32(0xfffffffe)], -2],
  ['BYTEARRAY8', ['BYTEARRAY8', u64(1n), u8(7)], Uint8Array.of(7)],
]

it.each(literals)('reads %s', (_title, parts, value) => {
  expect(readPickle(pickle(parts, 'STOP'))).toStrictEqual(value)
})
