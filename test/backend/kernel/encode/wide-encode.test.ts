// Thousands of features, categories and columns: the code stays small, and the columns right.

import { describe, expect, it } from 'vitest'
import type { ColumnRef } from '../../../../src/regions/column-ref.ts'
import { interpret } from '../../../../src/regions/interpret.ts'
import type { Region, RegionGraph } from '../../../../src/regions/region.ts'
import { createEncode } from './run-encode.ts'

const orders = ['rows', 'columns'] as const

function refs(region: number, count: number): ColumnRef[] {
  return Array.from({ length: count }, (_, column) => ({ region, column }))
}

function oneHot(inputs: readonly ColumnRef[], width: number): Region {
  const keys = Array.from({ length: width }, (_, key) => key)
  return { kind: 'one-hot', inputs, columns: inputs.map(() => ({ keys, slots: keys, width, unknownSlot: -1 })) }
}

function expectInterpreted(graph: RegionGraph, rows: number[][]): void {
  const expected = rows.map((row) => [...interpret(graph, row)].map(Math.fround))
  for (const order of orders)
    expect(createEncode(graph, graph.output, { element: 'f32', order })(rows)).toEqual(expected)
}

describe('emitEncode of wide models', () => {
  it('scales 3,000 features', () => {
    const inputs = refs(0, 3000)
    const [first, second] = [inputs.map((_, i) => i / 7), inputs.map((_, i) => 1 + (i % 11) / 3)]
    const regions: Region[] = [
      { kind: 'input', width: 3000 },
      { kind: 'scale', inputs, form: 'subtract-divide', first, second },
    ]
    const rows = [1, 2, 3].map((row) => inputs.map((_, i) => (i * row) / 13))
    expectInterpreted({ regions, output: refs(1, 3000) }, rows)
  })

  it('sets one of 5,000 categories', () => {
    const regions: Region[] = [{ kind: 'input', width: 2 }, oneHot(refs(0, 1), 5000)]
    const rows = [0, 4999, 5000, -1, NaN, 1.5, 17].map((value) => [value, 3])
    expectInterpreted({ regions, output: [{ region: 0, column: 1 }, ...refs(1, 5000)] }, rows)
  })

  it('sets columns of many short blocks between others', () => {
    const regions: Region[] = [{ kind: 'input', width: 40 }, oneHot(refs(0, 40), 3)]
    const output = refs(0, 40).flatMap((ref, i) => [ref, ...refs(1, 120).slice(3 * i, 3 * i + 3)])
    const rows = [0, 1, 2].map((shift) => Array.from({ length: 40 }, (_, i) => (i + shift) % 4))
    expectInterpreted({ regions, output }, rows)
  })

  it('computes with single slots of 300 categories', () => {
    const regions: Region[] = [
      { kind: 'input', width: 1 },
      oneHot(refs(0, 1), 300),
      {
        kind: 'scale',
        inputs: refs(1, 300),
        form: 'multiply-add',
        first: refs(1, 300).map((_, i) => i),
        second: refs(1, 300).map(() => -1),
      },
    ]
    expectInterpreted({ regions, output: refs(2, 300) }, [[0], [7], [299], [300]])
  })
})
