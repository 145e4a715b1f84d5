import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exactTable } from '../../src/regions/formula/table.ts'
import { interpret } from '../../src/regions/interpret.ts'
import type { Region, RegionGraph } from '../../src/regions/region.ts'
import { restoreRegions, storeRegions } from '../../src/regions/store.ts'
import { verifyRegions } from '../../src/regions/verify.ts'
import { isColumnWise } from '../../src/rows/column-path.ts'
import { createEncoder } from '../../src/rows/encode.ts'
import { createRowProgram } from '../../src/rows/row-program.ts'

const inputs = [0, 1, 2].map((column) => ({ region: 0, column }))
const of = (region: number, width: number) => Array.from({ length: width }, (_, column) => ({ region, column }))

const regions: readonly Region[] = [
  { kind: 'input', width: 3 },
  { kind: 'scale', form: 'subtract-divide', first: [1, 2, 3], second: [2, 4, 8], inputs },
  {
    kind: 'linear',
    inputs: of(1, 3),
    weights: exactTable(Float64Array.of(0.5, -1, 2, 0.25, 0, 3), 2),
    bias: exactTable(Float64Array.of(0.1, -0.2), 2),
  },
  {
    kind: 'map',
    inputs: of(2, 2),
    functions: [
      { name: 'sigmoid', settings: [] },
      { name: 'linear-pieces', settings: [-1, 0, 0, 0.25, 0, 0.5, 2, 1] },
    ],
  },
  { kind: 'groups', inputs: [...of(3, 2), ...of(2, 2)], operation: 'softmax', size: 2 },
  {
    kind: 'ranks',
    inputs: of(4, 1),
    columns: [{ kind: 'rank', flipPoints: Float64Array.of(0.25, 0.5), missing: 'highest', missingValue: NaN }],
  },
  { kind: 'groups', inputs: [...of(4, 4), ...of(5, 1)], operation: 'max', size: 5 },
]
const graph: RegionGraph = { regions, output: [...of(6, 1), ...of(4, 4), ...of(3, 2)] }
const number = fc.oneof(fc.double({ min: -20, max: 20, noNaN: true }), fc.constantFrom(NaN, 0, -0, Infinity, -Infinity))

describe('a graph with formulas', () => {
  it('is computed for many rows as the interpreter computes one', () => {
    verifyRegions(graph)
    const program = createRowProgram(graph, graph.output)
    fc.assert(
      fc.property(fc.array(fc.tuple(number, number, number), { minLength: 1, maxLength: 9 }), (rows) => {
        const into = new Float64Array(rows.length * graph.output.length)
        program.run(Float64Array.from(rows.flat()), rows.length, into)
        const wanted = rows.map((row) => [...interpret(graph, row)])
        expect([...into]).toEqual(wanted.flat())
      }),
    )
  })

  it('is stored and comes back equal', () => {
    const { stored, tensors } = storeRegions(graph)
    const back = restoreRegions(
      JSON.parse(JSON.stringify(stored)),
      new Map(tensors.map(({ name, values }) => [name, values])),
    )
    expect(back).toEqual(graph)
  })

  it('gives an encoder that fills the raw columns of a graph that takes them ready', () => {
    expect(isColumnWise(graph, graph.output)).toBe(false)
    const encoder = createEncoder(graph, [{ name: 'features', width: graph.output.length, region: -1 }])
    const into = new Float32Array(graph.output.length)
    encoder.encode(Float64Array.of(1, 2, 3), 1, [into])
    expect([...into]).toEqual([...Float32Array.from(interpret(graph, [1, 2, 3]))])
  })
})
