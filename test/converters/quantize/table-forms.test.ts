// Tables of formulas and modes in; forms that a reader of the bytes restores to just the values that they say out.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { quantizeModes } from '../../../converters/quantize/quantize-mode.ts'
import { tableForms } from '../../../converters/quantize/table-forms.ts'
import { encodeTensor } from '../../../src/artifact/encode-tensor.ts'
import { exactTable, restoreTable, storeTable, type Table } from '../../../src/regions/formula/table.ts'
import { createSeededRandom } from '../../../src/rows/seeded-random.ts'

function readBack(table: Table): Table {
  const { stored, tensor } = storeTable(table, 'table')
  const tensors = new Map(tensor === undefined ? [] : [['table', encodeTensor(tensor).decoded]])
  return restoreTable(JSON.parse(JSON.stringify(stored)), 'table', tensors)
}

function normals(count: number, columns: number): Table {
  const random = createSeededRandom(7)
  return exactTable(
    Float64Array.from({ length: count * columns }, () => random.normal()),
    columns,
  )
}

const namesOf = (table: Table, mode: (typeof quantizeModes)[number]) => tableForms(table, mode).map(({ name }) => name)

test('every form of any table comes back as it was chosen, smallest first and the last one lossless', () => {
  const number = fc.oneof(
    fc.double(),
    fc.integer({ min: -3, max: 3 }),
    fc.constantFrom(0, -0, 1e308, -1e308, 5e-324, NaN, Infinity),
  )
  const tables = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.array(number, { minLength: 1, maxLength: 400 }))
  fc.assert(
    fc.property(tables, fc.constantFrom(...quantizeModes), ([columns, drawn], mode) => {
      const values = Float64Array.from(drawn.slice(0, drawn.length - (drawn.length % columns)))
      const forms = tableForms(exactTable(values, columns), mode)
      for (const { table, maxError } of forms) {
        expect(readBack(table).values).toEqual(table.values)
        const moved = table.values.map((value, i) => (Object.is(value, values[i]) ? 0 : Math.abs(value - values[i])))
        expect(Math.max(0, ...moved)).toBe(maxError)
      }
      expect(forms.at(-1)?.table.values).toEqual(values)
      const sizes = forms.map(({ byteLength }) => byteLength)
      expect(sizes).toEqual([...sizes].sort((a, b) => a - b))
    }),
  )
})

describe('of many different numbers', () => {
  test.each([
    ['none', ['float64']],
    ['uint16', ['grid of uint16', 'float32', 'float64']],
    ['float16', ['grid of uint16', 'float32', 'float64']],
    ['uint8', ['grid of uint8', 'grid of uint16', 'float32', 'float64']],
  ] as const)('%s tries %j', (mode, names) => {
    expect(namesOf(normals(500, 3), mode)).toEqual(names)
  })

  test('uint8 leaves a table of less than a kilobyte at uint16', () => {
    expect(namesOf(normals(60, 2), 'uint8')).toEqual(['grid of uint16', 'float32', 'float64'])
  })

  test('a grid holds 0 exactly, and each column by its own range', () => {
    const { values } = normals(500, 2)
    values.forEach((value, i) => (values[i] = i % 10 < 2 ? 0 : i % 2 === 0 ? value : 1e6 * value))
    const [{ table }] = tableForms(exactTable(values, 2), 'uint8')
    values.forEach((value, i) => {
      if (value === 0) expect(table.values[i]).toBe(0)
      else expect(Math.abs(table.values[i] - value)).toBeLessThan(i % 2 === 0 ? 0.02 : 2e4)
    })
  })
})

test('few distinct values are stored by books in every mode, without loss', () => {
  const classes = exactTable(
    Float64Array.from({ length: 900 }, (_, i) => [0.1, 1 / 3, 7, 1e300][(i * i) % 4]),
    1,
  )
  for (const mode of quantizeModes) {
    const forms = tableForms(classes, mode)
    expect(forms.map(({ name, maxError }) => [name, maxError])).toEqual([['books of uint8', 0]])
  }
})

test('none stores what float32 holds as float32', () => {
  const { values } = normals(500, 1)
  expect(namesOf(exactTable(values.map(Math.fround), 1), 'none')).toEqual(['float32'])
})
