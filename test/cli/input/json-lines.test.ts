// Lines of JSON: each is one row or one error, and none spoils another.
import { expect, test } from 'vitest'
import { jsonLinesOf } from './rows-of.ts'

test.each<[string, string, unknown[]]>([
  ['line feeds', '{"a":1}\n{"a":2}\n', [{ a: 1 }, { a: 2 }]],
  ['no end of the last line', '{"a":1}\n{"a":2}', [{ a: 1 }, { a: 2 }]],
  ['Windows line ends', '{"a":1}\r\n{"a":2}\r\n', [{ a: 1 }, { a: 2 }]],
  ['a byte order mark', '\ufeff{"a":1}\n', [{ a: 1 }]],
  ['blank lines', '\n{"a":1}\n  \n\r\n{"a":2}\n\n', [{ a: 1 }, { a: 2 }]],
  ['arrays as rows', '[1,"é€😀",null]\n', [[1, 'é€😀', null]]],
  ['nothing', '', []],
])('reads %s', async (_title, text, rows) => {
  expect(await jsonLinesOf(text)).toEqual(rows)
})

test('gives a malformed line its own error with its number, blank lines counted, and goes on', async () => {
  const [first, broken, last] = await jsonLinesOf('{"a":1}\n\n{"a":\n{"a":2}\n')
  expect([first, last]).toEqual([{ a: 1 }, { a: 2 }])
  expect(broken).toMatch(/^INPUT_INVALID: line 3: expected JSON: /)
})

test('reads the NaN of Python as missing', async () => {
  expect(await jsonLinesOf('{"a": NaN}\n')).toEqual([{ a: null }])
})

test('gives a line that is not UTF-8 its own error, and goes on', async () => {
  const bytes = new Uint8Array([0x22, 0xff, 0x22, 0x0a, ...new TextEncoder().encode('{"a":2}\n')])
  expect(await jsonLinesOf(bytes)).toEqual(['INPUT_INVALID: line 1: expected UTF-8 text', { a: 2 }])
})

test('drops a line over the limit as it comes, and goes on', async () => {
  const rows = await jsonLinesOf(`{"a":1}\n${'x'.repeat(5000)}\n{"a":2}\n${'y'.repeat(50)}`, 20)
  expect(rows).toEqual([
    { a: 1 },
    'LIMIT_EXCEEDED: line 2 is longer than 20 bytes; expected one row a line',
    { a: 2 },
    'LIMIT_EXCEEDED: line 4 is longer than 20 bytes; expected one row a line',
  ])
})

test('takes a line of exactly the limit', async () => {
  expect(await jsonLinesOf('{"a":1}\n', 7)).toEqual([{ a: 1 }])
})
