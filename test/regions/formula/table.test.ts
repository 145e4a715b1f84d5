import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NamedTensor } from '../../../src/artifact/tensor.ts'
import { encodeTensor } from '../../../src/artifact/encode-tensor.ts'
import { exactTable, restoreTable, storeTable, type Table } from '../../../src/regions/formula/table.ts'

/** As an artifact does it: JSON and encoded bytes. */
function restored(table: Table): Table {
  const { stored, tensor } = storeTable(table, 'formula1/weights')
  return restoreTable(JSON.parse(JSON.stringify(stored)) as typeof stored, 'formula1/weights', decoded(tensor))
}

function decoded(tensor: NamedTensor | undefined): ReadonlyMap<string, Float64Array> {
  return new Map(tensor ? [[tensor.name, encodeTensor(tensor).decoded]] : [])
}

const columns = 3
const codes = fc.array(fc.nat(255), { minLength: 7 * columns, maxLength: 7 * columns })

describe('a table', () => {
  it('comes back bit for bit as doubles, short ones from the JSON', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.double(), fc.double(), fc.double()), { maxLength: 12 }), (rows) => {
        const table = exactTable(Float64Array.from(rows.flat()), columns)
        expect([...restored(table).values]).toEqual([...table.values])
      }),
    )
  })

  it('comes back equal from a grid of its own for each column', () => {
    const [scale, min] = [
      [0.1, 3, 0],
      [-1, 1e9, 7],
    ]
    fc.assert(
      fc.property(codes, (list) => {
        const values = Float64Array.from(list, (code, i) => code * scale[i % columns] + min[i % columns])
        const table: Table = { values, columns, form: { kind: 'grid', scale, min } }
        expect(restored(table)).toEqual(table)
        expect(storeTable(table, 'formula1/weights').tensor).toMatchObject({ role: 'structure' })
      }),
    )
  })

  it('comes back equal from books', () => {
    const books = [[-5, 0.1, 1e300], [0], [1, 2, 3, 4]]
    fc.assert(
      fc.property(codes, (list) => {
        const values = Float64Array.from(list, (code, i) => books[i % columns][code % books[i % columns].length])
        const table: Table = { values, columns, form: { kind: 'books', books } }
        expect(restored(table)).toEqual(table)
      }),
    )
  })

  it('is refused where its tensor is shorter, or has codes that no book has', () => {
    const table: Table = {
      values: Float64Array.from({ length: 21 }, (_, i) => i % 2),
      columns,
      form: {
        kind: 'books',
        books: [
          [0, 1],
          [0, 1],
          [0, 1],
        ],
      },
    }
    const { stored, tensor } = storeTable(table, 'formula1/weights')
    const broken = expect.objectContaining({ code: 'VALIDATION_FAILED' }) as Error
    const withCodes = (values: Float64Array) => new Map([[tensor?.name ?? '', values]])
    expect(() => restoreTable(stored, 'formula1/weights', withCodes(new Float64Array(20)))).toThrow(broken)
    expect(() => restoreTable(stored, 'formula1/weights', withCodes(new Float64Array(21).fill(2)))).toThrow(broken)
    expect(() => restoreTable({ ...stored, rows: 1e6 }, 'formula1/weights', decoded(tensor))).toThrow(broken)
  })
})
