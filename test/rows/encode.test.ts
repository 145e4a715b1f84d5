// Random graphs of column-wise regions: what the encoder writes must be what the interpreter says, cast once to float32.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { interpret } from '../../src/regions/interpret.ts'
import type { ColumnRef } from '../../src/regions/column-ref.ts'
import type { Region, RegionGraph } from '../../src/regions/region.ts'
import { createEncoder } from '../../src/rows/encode.ts'

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

const values = fc.oneof(
  fc.constantFrom(0, -0, 1, 2, 3, -1, NaN, Infinity, -Infinity, 0.5, 1e-35, 2 ** 53, 1_700_000_000_123),
  fc.double({ min: -10, max: 10 }),
)
const finite = fc.oneof(fc.constantFrom(0, 1, 2, 3, -1, 0.5, -9999), fc.double({ min: -5, max: 5, noNaN: true }))
const keys = fc.array(fc.oneof(fc.constantFrom(0, 1, 2, 3, NaN, -1, 0.5, 5000), fc.integer({ min: 0, max: 6 })), {
  maxLength: 6,
})

type Spec = {
  kind: Region['kind']
  picks: number[]
  numbers: number[]
  keys: number[]
  isSecond: boolean
  clip: boolean
}

const specs = fc.array(
  fc.record<Spec>({
    kind: fc.constantFrom('impute', 'indicator', 'scale', 'one-hot', 'ordinal', 'ranks'),
    picks: fc.array(fc.nat(), { minLength: 1, maxLength: 4 }),
    numbers: fc.array(finite, { minLength: 9, maxLength: 9 }),
    keys,
    isSecond: fc.boolean(),
    clip: fc.boolean(),
  }),
  { minLength: 1, maxLength: 5 },
)

function regionOf(spec: Spec, inputs: readonly ColumnRef[]): Region {
  const { numbers, isSecond } = spec
  const missing = inputs.map((_, i) => (isSecond && i % 2 === 0 ? numbers[8] : NaN))
  switch (spec.kind) {
    case 'impute':
      return { kind: 'impute', inputs, missing, fill: inputs.map((_, i) => numbers[i]) }
    case 'indicator':
      return { kind: 'indicator', inputs, missing }
    case 'scale':
      return {
        kind: 'scale',
        inputs,
        form: isSecond ? 'subtract-divide' : 'multiply-add',
        first: inputs.map((_, i) => numbers[i]),
        second: inputs.map((_, i) => numbers[4 + i]),
        ...(spec.clip ? { clip: [-1, 1] as const } : {}),
      }
    case 'one-hot':
      return {
        kind: 'one-hot',
        inputs,
        columns: inputs.map((_, i) => ({
          keys: spec.keys,
          slots: spec.keys.map((_key, k) => (k === 1 && isSecond ? -1 : k % (i + 2))),
          width: i + 2,
          unknownSlot: spec.clip ? 0 : -1,
        })),
      }
    case 'ordinal':
      return {
        kind: 'ordinal',
        inputs,
        columns: inputs.map(() => ({
          keys: spec.keys,
          values: spec.keys.map((_, k) => (k === 2 ? NaN : k)),
          unknownValue: isSecond ? NaN : -1,
        })),
      }
    default:
      return {
        kind: 'ranks',
        inputs,
        columns: inputs.map((_, i) =>
          i % 2 === 0
            ? {
                kind: 'rank',
                flipPoints: Float64Array.from(new Set([...numbers, ...(spec.clip ? [Infinity] : [])])).sort(),
                missingValue: missing[i],
                missing: isSecond ? 'lowest' : 'highest',
              }
            : {
                kind: 'member',
                keys: spec.keys,
                bits: spec.keys.map((_key, k) => (k % 2 === 0 ? 1 : 0)),
                unknownBit: isSecond ? 1 : 0,
              },
        ),
      }
  }
}

function widthOf(region: Region): number {
  switch (region.kind) {
    case 'input':
      return region.width
    case 'one-hot':
      return region.columns.reduce((sum, { width }) => sum + width, 0)
    case 'dense-chain':
    case 'split-trees':
    case 'tree-ensemble':
      throw new Error('not column-wise')
    default:
      return region.inputs.length
  }
}

/** Regions that each read any columns before them; the graph's output is every column of every region. */
function graphOf(list: readonly Spec[]): RegionGraph {
  const regions: Region[] = [input]
  const columns: ColumnRef[] = [0, 1, 2].map((column) => ref(0, column))
  for (const spec of list) {
    const region = regionOf(
      spec,
      spec.picks.map((pick) => columns[pick % columns.length]),
    )
    for (let column = 0; column < widthOf(region); column++) columns.push(ref(regions.length, column))
    regions.push(region)
  }
  return { regions, output: columns }
}

describe('encoder', () => {
  it('writes what the interpreter says, whatever column-wise regions stand before the graph', () => {
    const rows = fc.array(fc.tuple(values, values, values), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(specs, rows, fc.array(fc.nat(), { maxLength: 8 }), (list, batch, picks) => {
        const all = graphOf(list)
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
