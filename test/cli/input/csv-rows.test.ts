// A CSV file: cells become what the schema says, in the schema's order, and a bad record spoils no other.
import { expect, test } from 'vitest'
import type { FeatureSchema } from '../../../src/artifact/schema.ts'
import { csvDictsOf, csvRowsOf } from './rows-of.ts'

const base = { used: true, missing: 'handled' } as const
const age: FeatureSchema = { ...base, name: 'age', dtype: 'number' }
const plan: FeatureSchema = { ...base, name: 'plan', dtype: 'string', categories: ['yes', 'no'] }
const isNew: FeatureSchema = { ...base, name: 'is_new', dtype: 'boolean' }
const unused: FeatureSchema = { ...base, name: 'note', dtype: 'number', used: false }
const features = [age, plan, isNew]

test.each<[string, string, unknown[]]>([
  ['cells by dtype', 'age,plan,is_new\n41,yes,true\n', [[41, 'yes', true]]],
  ['columns in another order, and columns of others', 'plan,id,is_new,age\nno,7,0,1e3\n', [[1000, 'no', false]]],
  ['empty cells as missing', 'age,plan,is_new\n,,\n', [[null, null, null]]],
  ['a byte order mark and Windows line ends', '\ufeffage,plan,is_new\r\n1,yes,1\r\n', [[1, 'yes', true]]],
  ['commas, quotes and line ends in quotes', 'age,plan,is_new\n1,"a, ""b""\nc",1\n', [[1, 'a, "b"\nc', true]]],
  ['no end of the last line', 'age,plan,is_new\n1,é€😀,1', [[1, 'é€😀', true]]],
  ['blank lines', 'age,plan,is_new\n\n1,yes,1\n\n', [[1, 'yes', true]]],
  [
    'numbers as pandas and R write them',
    'age,plan,is_new\n-.5,a,True\nnan,a,FALSE\nNA,NA,1\n',
    [
      [-0.5, 'a', true],
      [null, 'a', false],
      [null, 'NA', true],
    ],
  ],
  [
    'infinities',
    'age,plan,is_new\ninf,a,1\n-Infinity,a,1\n',
    [
      [Infinity, 'a', true],
      [-Infinity, 'a', true],
    ],
  ],
  [
    'yes and no of a column that the model knows as numbers',
    'age,plan,is_new\nTrue,a,1\nFALSE,a,1\n',
    [
      [true, 'a', true],
      [false, 'a', true],
    ],
  ],
  ['spaces around numbers and names, not around text', ' age ,plan,is_new\n 4 , yes,1\n', [[4, ' yes', true]]],
  ['a header and no rows', 'age,plan,is_new\n', []],
])('reads %s', async (_title, text, rows) => {
  expect(await csvRowsOf(text, features)).toEqual(rows)
})

test('reads whole texts as they are', async () => {
  const review: FeatureSchema = { ...base, name: 'review', dtype: 'text' }
  expect(await csvRowsOf('review\n" 12, or so "\n""\n', [review])).toEqual([[' 12, or so '], ['']])
})

test('reads dicts: numbers where a feature has the name, texts elsewhere, and no empty cells', async () => {
  const text = 'rooms,city,zip\n3,Paris,10115\n,Rome,\nmany,,1\n'
  expect(await csvDictsOf(text, [{ ...base, name: 'rooms', dtype: 'number' }])).toEqual([
    { rooms: 3, city: 'Paris', zip: '10115' },
    { city: 'Rome' },
    { rooms: 'many', zip: '1' },
  ])
})

test.each(['0x10', '1,5', '12 years', '1_000', 'n/a', 'yes'])('passes on %j, no number, as text', async (cell) => {
  expect(await csvRowsOf(`age,plan,is_new\n"${cell}",a,1\n`, features)).toEqual([[cell, 'a', true]])
})

test('reads a category that is a number or a boolean as the model writes it', async () => {
  const codes: FeatureSchema = { ...base, name: 'code', dtype: 'string', categories: [415, 'x', true] }
  expect(await csvRowsOf('code\n415\n415.0\nx\nTrue\n7up\n', [codes])).toEqual([[415], [415], ['x'], [true], ['7up']])
})

test('needs no column for a feature that the model never reads', async () => {
  expect(await csvRowsOf('age\n1\n', [age, unused])).toEqual([[1, undefined]])
})

test('gives a record with too few or too many cells its own error, and goes on', async () => {
  const rows = await csvRowsOf('age,plan,is_new\n1,yes\n2,no,1\n3,no,1,9\n', features)
  expect(rows).toEqual([
    expect.stringMatching(/^INPUT_INVALID: line 2: expected 3 cells, one a column, got 2/),
    [2, 'no', true],
    expect.stringMatching(/^INPUT_INVALID: line 4: expected 3 cells, one a column, got 4/),
  ])
})

test.each<[string, string, string, RegExp]>([
  ['no bytes', '', 'INPUT_INVALID', /a\.csv is empty/],
  ['a misspelt column', 'Age,plann,is_new\n', 'INPUT_INVALID', /no column age, .* did you mean your Age\?/],
  ['no header', '41,yes,1\n', 'INPUT_INVALID', /no column age, .* its first line names 41, yes, 1$/],
  ['semicolons', 'age;plan;is_new\n', 'INPUT_INVALID', /separated by commas, and its first line has ';'$/],
  ['tabs', 'age\tplan\tis_new\n', 'INPUT_INVALID', /separated by commas, and its first line has tabs$/],
  ['a column twice', 'age,plan,is_new,age\n', 'INPUT_INVALID', /two columns named age/],
  ['an open quote', 'age,plan,is_new\n1,"yes,1\n2,no,1\n', 'INPUT_INVALID', /Quote Not Closed/],
  ['a stray quote', 'age,plan,is_new\n1,"y"s,1\n', 'INPUT_INVALID', /line 2/],
  ['a record without end', `age,plan,is_new\n1,"${'y'.repeat(500)}`, 'LIMIT_EXCEEDED', /longer than 100/],
])('refuses the file for %s', async (_title, text, code, message) => {
  await expect(csvRowsOf(text, features, 100)).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
})

test('refuses a file of another encoding', async () => {
  const utf16 = new Uint8Array([0xff, 0xfe, 0x61, 0, 0x0a, 0])
  await expect(csvRowsOf(utf16, features)).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringMatching(/^a\.csv is no UTF-8 text/),
  })
})

test('refuses columns that the model does not have where rows are strict', async () => {
  const read = (text: string) => csvRowsOf(text, features, undefined, true)
  await expect(read('id,age,plan,is_new\n')).rejects.toThrow('a.csv has columns that the model does not have: id;')
  expect(await read('age,plan,is_new\n1,yes,1\n')).toEqual([[1, 'yes', true]])
})
