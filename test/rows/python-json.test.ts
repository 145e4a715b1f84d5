// Files that Python's json.dump wrote in, what they hold out.
import { expect, test } from 'vitest'
import { parsePythonJson } from '../../src/rows/python-json.ts'

test('reads NaN as null and keeps infinities', () => {
  const text = '{"rows": [{"age": NaN, "debt": Infinity}, [-Infinity, 1, NaN]]}'
  expect(parsePythonJson(text)).toEqual({ rows: [{ age: null, debt: Infinity }, [-Infinity, 1, null]] })
})

test('leaves such words alone in texts and names', () => {
  const text = '{"NaN": "NaN, [NaN", "a\\"NaN": NaN, "b": "\\\\", "c": "-Infinity"}'
  expect(parsePythonJson(text)).toEqual({ NaN: 'NaN, [NaN', 'a"NaN': null, b: '\\', c: '-Infinity' })
})

test('passes over a byte order mark', () => {
  expect(parsePythonJson('\ufeff[1]')).toEqual([1])
})

test.each(['{', 'NaNs', '[NaN', '"NaN', 'nan', '[1, inf]', ''])('refuses %j', (text) => {
  expect(() => parsePythonJson(text)).toThrow(SyntaxError)
})

test('takes no long for a text that never ends', () => {
  expect(() => parsePythonJson(`["${'\\"NaN'.repeat(100_000)}`)).toThrow(SyntaxError)
})
