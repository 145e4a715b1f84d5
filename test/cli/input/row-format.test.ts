// Which format rows are in, told by the name of a file or by how it begins.
import { expect, test } from 'vitest'
import { formatOfPath, sniffFormat } from '../../../src/cli/input/row-format.ts'

test.each([
  ['a.json', 'json'],
  ['a.b.JSONL', 'jsonl'],
  ['a.ndjson', 'jsonl'],
  ['a.csv', 'csv'],
  ['a.txt', undefined],
  ['a', undefined],
])('tells %s by its name', (path, format) => {
  expect(formatOfPath(path)).toBe(format)
})

test.each([
  ['{"a":1}\n{"a":2}\n', 'jsonl'],
  ['{"a":1}', 'jsonl'],
  ['{"a":NaN}\n{"a":2}\n', 'jsonl'],
  ['[1,2]\n[3,4]\n', 'jsonl'],
  ['\ufeff{"a":1}\r\n', 'jsonl'],
  ['[{"a":1},{"a":2}]', 'json'],
  ['[[1,2],[3,4]]', 'json'],
  ['{\n "a": 1\n}', 'json'],
  ['\n[\n{"a":1}]', 'json'],
  ['{"rows":[{"a":1}]}', 'json'],
  ['[{"a":1},', 'json'],
  ['age,plan\n1,yes\n', 'csv'],
  ['"age"\n', 'csv'],
])('tells %j by how it begins', (text, format) => {
  expect(sniffFormat(new TextEncoder().encode(text), 'stdin')).toBe(format)
})

test('refuses nothing at all', () => {
  expect(() => sniffFormat(new Uint8Array(0), 'stdin')).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }))
})
