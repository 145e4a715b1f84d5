// Files that Python wrote in; the values that Python says they hold out.
import { describe, expect, it } from 'vitest'
import { readPickle } from '../../../../converters/formats/pickle/read-pickle.ts'
import { NdArray, PyDict, PyObject, type PyValue } from '../../../../converters/formats/pickle/values.ts'
import { fixtureFolders, fixtureNames, readExpected, readFixture } from './fixtures.ts'
import { toPlain, valueAt } from './plain.ts'

function asDict(value: PyValue): PyDict {
  if (value instanceof PyDict) return value
  throw new Error('the fixture does not hold a dict')
}

describe.each(fixtureFolders)('%s', (folder) => {
  const expected = readExpected(folder)
  const names = fixtureNames(folder)

  it.each(names.filter((name) => name.startsWith('values.')))('%s holds every value that Python wrote', (name) => {
    const values = asDict(readPickle(readFixture(folder, name)))
    expect(values.entries.map(([key]) => key)).toEqual(Object.keys(expected.values))
    for (const [key, value] of values.entries) expect(toPlain(value), String(key)).toEqual(expected.values[String(key)])
  })

  it.each(names.filter((name) => !name.startsWith('values.')))('%s is read whole', (name) => {
    const model = readPickle(readFixture(folder, name))
    expect(model).toBeInstanceOf(PyObject)
    for (const [path, value] of expected.models[name.split('.')[0]]) {
      expect(toPlain(valueAt(model, path)), path.join('.')).toEqual(value)
    }
  })

  it('keeps one array that is stored once one object', () => {
    const [first, second] = asDict(readPickle(readFixture(folder, 'values.protocol-2.pkl'))).get('twice') as PyValue[]
    expect(first).toBeInstanceOf(NdArray)
    expect(second).toBe(first)
  })
})

it('gives the array types that values.ts promises', () => {
  const values = asDict(readPickle(readFixture(fixtureFolders[0], 'values.plain.joblib')))
  const types = Object.fromEntries(
    values.entries.flatMap(([key, value]) =>
      value instanceof NdArray ? [[String(key), value.values.constructor.name]] : [],
    ),
  )
  expect(types).toMatchObject({
    f8: 'Float64Array',
    f4: 'Float32Array',
    f2: 'Float32Array',
    i1: 'Int32Array',
    i4: 'Int32Array',
    i8: 'Float64Array',
    'wide i8': 'BigInt64Array',
    u1: 'Int32Array',
    u4: 'Float64Array',
    'wide u8': 'BigUint64Array',
    bool: 'Uint8Array',
    U: 'Array',
    dates: 'Uint8Array',
  })
})

it('leaves the bytes it was given untouched', () => {
  const bytes = readFixture(fixtureFolders[0], 'values.protocol-4.pkl')
  const before = bytes.slice()
  readPickle(bytes)
  expect(bytes).toEqual(before)
})
