// A JSON file: an array of rows, { rows }, or one row.
import { expect, test } from 'vitest'
import { jsonRowsOf } from './rows-of.ts'

test.each<[string, string, unknown[]]>([
  ['an array of objects', '[{"a":1},{"a":2}]', [{ a: 1 }, { a: 2 }]],
  ['an array of arrays', '[[1],[2]]', [[1], [2]]],
  ['one object', '\ufeff{\n  "a": "é€😀"\n}', [{ a: 'é€😀' }]],
  ['rows beside other things', '{"rows":[{"a":1}],"truth":[0]}', [{ a: 1 }]],
  ['no rows at all', '[]', []],
])('reads %s', async (_title, text, rows) => {
  expect(await jsonRowsOf(text)).toEqual(rows)
})

test('takes an object with a feature called rows for one row', async () => {
  expect(await jsonRowsOf('{"rows":[1]}', ['rows'])).toEqual([{ rows: [1] }])
})

test.each(['', '[{"a":1}', '{"a":1}{"a":2}'])('refuses %j as a whole', async (text) => {
  await expect(jsonRowsOf(text)).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringMatching(/^a\.json: expected JSON/),
  })
})

test('refuses what is not UTF-8', async () => {
  await expect(jsonRowsOf(new Uint8Array([0xff, 0xfe, 0x5b, 0]))).rejects.toMatchObject({ code: 'INPUT_INVALID' })
})

test('refuses a file over the limit before it is read to its end', async () => {
  await expect(jsonRowsOf(`[${'1,'.repeat(50)}1]`, [], 20)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
})
