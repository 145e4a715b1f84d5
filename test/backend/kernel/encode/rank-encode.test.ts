// Ranks at, just below and just above every flip point, in every element and order, with and without a grid.

import { describe, expect, it } from 'vitest'
import type { ElementType } from '../../../../src/backend/kernel/kernel-stage.ts'
import { type RankColumn, rankValue } from '../../../../src/regions/ranks.ts'
import type { RegionGraph } from '../../../../src/regions/region.ts'
import { createEncode } from './run-encode.ts'

const bits = new DataView(new ArrayBuffer(8))

/** The double that follows `value`, or comes before it. */
function neighbour(value: number, direction: 1 | -1): number {
  if (value === 0) return direction * 5e-324
  if (!Number.isFinite(value)) return value
  bits.setFloat64(0, value)
  bits.setBigInt64(0, bits.getBigInt64(0) + BigInt(value > 0 ? direction : -direction))
  return bits.getFloat64(0)
}

function rank(points: readonly number[], options: Partial<RankColumn> = {}): RankColumn {
  const flipPoints = Float64Array.from(new Set(points)).sort()
  return { kind: 'rank', flipPoints, missingValue: NaN, missing: 'lowest', ...options }
}

const even = Array.from({ length: 200 }, (_, i) => i / 7 - 12)
const bell = Array.from({ length: 250 }, (_, i) => Math.sinh((i - 125) / 25))
const narrow = Array.from({ length: 40 }, (_, i) => 1 + i * 2 ** -52)

const columns: readonly RankColumn[] = [
  rank([]),
  rank([0.5]),
  rank([-0, 1e-320, 5e-324, -5e-324]),
  rank([-Infinity, 0, Infinity], { missing: 'highest' }),
  rank(even),
  rank(even, { missing: 'highest' }),
  rank(even, { missing: 'highest', missingValue: even[17] }),
  rank([...bell, Infinity, -Infinity]),
  rank(bell, { missingValue: -9999 }),
  rank(narrow),
  rank([...narrow, 1e308, -1e308]),
  rank([2 ** 53, 2 ** 53 + 2, 2 ** 53 - 1, -(2 ** 53)]),
]

function graphOf(list: readonly RankColumn[]): RegionGraph {
  const inputs = list.map((_, i) => ({ region: 0, column: i % 2 }))
  return {
    regions: [
      { kind: 'input', width: 2 },
      { kind: 'ranks', inputs, columns: list },
    ],
    output: list.map((_, column) => ({ region: 1, column })),
  }
}

const points = columns.flatMap(({ flipPoints }) => [...flipPoints])
const values = [
  ...points.flatMap((point) => [neighbour(point, -1), point, neighbour(point, 1)]),
  ...[0, -0, NaN, Infinity, -Infinity, 5e-324, -5e-324, 1.7e308, -1.7e308, -9999, 2 ** 53 + 1],
]

function inBlocks<Row>(rows: readonly Row[], length: number): readonly (readonly Row[])[] {
  return Array.from({ length: Math.ceil(rows.length / length) }, (_, i) => rows.slice(i * length, (i + 1) * length))
}

const cases = (['rows', 'columns'] as const).flatMap((order) =>
  (['u8', 'u16', 'i32', 'f32', 'f64'] as const).map((element) => ({ order, element })),
)

describe.each(cases)('ranks as $element in order of $order', ({ order, element }) => {
  it('are exact next to every flip point', () => {
    const { length } = columns
    const fitting = columns.filter(({ flipPoints }) => flipPoints.length <= (element === 'u8' ? 255 : Infinity))
    expect(fitting.length).toBe(length)
    const graph = graphOf(fitting)
    const encode = createEncode(graph, graph.output, { order, element })
    const rows = values.map((value, i) => [value, values[(i * 7 + 3) % values.length]])
    for (const block of inBlocks(rows, 61)) {
      const expected = block.map((row) => fitting.map((column, i) => rankValue(column, row[i % 2])))
      expect(encode(block)).toEqual(expected)
    }
  })

  it('are exact where there are too many columns to write out', () => {
    const many = Array.from({ length: 75 }, (_, i) => columns[(i * 5) % columns.length])
    const graph = graphOf(many)
    const encode = createEncode(graph, graph.output, { order, element })
    const rows = values.slice(0, 60).map((value, i) => [value, values[values.length - 1 - i]])
    expect(encode(rows)).toEqual(rows.map((row) => many.map((column, i) => rankValue(column, row[i % 2]))))
  })
})

describe('emitEncode', () => {
  const encodeAs = (list: readonly RankColumn[], element: ElementType) =>
    createEncode(graphOf(list), graphOf(list).output, { order: 'rows', element })

  it('refuses ranks that the element cannot hold', () => {
    const many = rank(Array.from({ length: 256 }, (_, i) => i))
    expect(() => encodeAs([many], 'u8')).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }))
    expect(encodeAs([many], 'u16')([[1e9, 0]])).toEqual([[256]])
  })
})
