// Random graphs of column-wise regions: what the encoder writes must be what the interpreter says, cast once to float32.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { interpret } from '../../src/regions/interpret.ts'
import type { ColumnRef } from '../../src/regions/column-ref.ts'
import type { Region, RegionGraph } from '../../src/regions/region.ts'
import { createEncoder } from '../../src/rows/encode.ts'
import { hardValues, randomColumnGraphs } from '../helpers/random-columns.ts'

const input: Region = { kind: 'input', width: 3 }
const ref = (region: number, column: number): ColumnRef => ({ region, column })

function encodeRows(graph: RegionGraph, region: number, width: number, rows: readonly (readonly number[])[]) {
  const encoder = createEncoder(graph, [{ name: region < 0 ? 'features' : kindOfInput(graph, region), width, region }])
  // Dirty and longer than needed, as a pooled slab is.
  const slab = new Float32Array(rows.length * width + 2).fill(77)
  encoder.encode(Float64Array.from(rows.flat()), rows.length, [slab])
  expect([...slab.subarray(rows.length * width)]).toEqual([77, 77])
  return [...slab.subarray(0, rows.length * width)]
}

function kindOfInput(graph: RegionGraph, region: number): 'ranks' | 'features' {
  return graph.regions[region].kind === 'ranks' ? 'ranks' : 'features'
}

describe('encoder', () => {
  it('writes what the interpreter says, whatever column-wise regions stand before the graph', () => {
    const rows = fc.array(fc.tuple(hardValues, hardValues, hardValues), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(randomColumnGraphs, rows, fc.array(fc.nat(), { maxLength: 8 }), (all, batch, picks) => {
        // Whole blocks in order, and then single columns in any order, repeats included.
        const output = [...all.output, ...picks.map((pick) => all.output[pick % all.output.length])]
        const graph = { ...all, output }
        const expected = batch.flatMap((row) => [...interpret(graph, row)].map(Math.fround))
        expect(encodeRows(graph, -1, output.length, batch)).toEqual(expected)
        graph.regions.forEach((region, number) => {
          if (region.kind !== 'ranks') return
          const own = { ...graph, output: region.columns.map((_, column) => ref(number, column)) }
          const ranks = batch.flatMap((row) => [...interpret(own, row)].map(Math.fround))
          expect(encodeRows(graph, number, region.columns.length, batch)).toEqual(ranks)
        })
      }),
      { numRuns: 300 },
    )
  })

  it('computes in float64 and casts once: a timestamp minus its mean keeps its milliseconds', () => {
    const scale: Region = {
      kind: 'scale',
      inputs: [ref(0, 0)],
      form: 'subtract-divide',
      first: [1_700_000_000_000],
      second: [8],
    }
    const layers = [
      {
        inputWidth: 1,
        outputWidth: 1,
        weights: Float64Array.of(1),
        bias: Float64Array.of(0),
        activation: 'identity' as const,
      },
    ]
    const chain: Region = { kind: 'dense-chain', inputs: [ref(1, 0)], layers }
    const graph = { regions: [{ kind: 'input', width: 1 } as const, scale, chain], output: [ref(2, 0)] }
    expect(encodeRows(graph, 2, 1, [[1_700_000_000_001]])).toEqual([0.125])
  })

  it('gives several inputs of one graph from the same rows', () => {
    const ranks: Region = {
      kind: 'ranks',
      inputs: [ref(0, 0)],
      columns: [{ kind: 'rank', flipPoints: Float64Array.of(1, 2), missingValue: NaN, missing: 'lowest' }],
    }
    const graph: RegionGraph = { regions: [input, ranks], output: [ref(0, 1), ref(0, 2)] }
    const encoder = createEncoder(graph, [
      { name: 'ranks', width: 1, region: 1 },
      { name: 'features', width: 2, region: -1 },
    ])
    expect(encoder.widths).toEqual([1, 2])
    const slabs = [new Float32Array(2), new Float32Array(4)]
    encoder.encode(Float64Array.of(1.5, 10, 20, 2.5, 30, 40), 2, slabs)
    expect(slabs.map((slab) => [...slab])).toEqual([
      [1, 2],
      [10, 20, 30, 40],
    ])
  })

  it('leaves the slab alone for no rows', () => {
    expect(encodeRows({ regions: [input], output: [ref(0, 0)] }, -1, 1, [])).toEqual([])
  })
})
