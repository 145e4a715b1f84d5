import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ArtifactMetadata } from '../../../src/artifact/metadata.ts'
import { exactTable } from '../../../src/regions/formula/table.ts'
import { interpret } from '../../../src/regions/interpret.ts'
import type { ColumnRef, Region, RegionGraph } from '../../../src/regions/region.ts'
import { verifyRegions } from '../../../src/regions/verify.ts'
import { createRowReader, type RowReader } from '../../../src/rows/read-row.ts'
import { sumTerms } from '../../../src/rows/terms/sum-terms.ts'
import { graphOf, pipelines, schema, vocabulary } from './text-pipelines.ts'

const whole = createRowReader(schema)
const counted = Array.from({ length: vocabulary.length }, (_, i): ColumnRef => ({ region: 0, column: 4 + i }))

function summed(graph: RegionGraph, rows: readonly Float64Array[] = []) {
  const check = { rows: rows.map((row) => [...row]), exact: [], quantized: [] }
  const inputs = [{ name: 'features', width: graph.output.length, region: -1 }]
  const found = sumTerms({ schema, inputs, check } as unknown as ArtifactMetadata, graph, rows)
  return found && { ...found, reader: createRowReader(schema, { sums: found.createSums() }) }
}

function canonical(reader: RowReader, row: unknown): Float64Array {
  const values = new Float64Array(reader.width)
  reader.read(row, values, 0)
  return values
}

function linear(inputs: readonly ColumnRef[], width = 1): Region {
  const weights = Float64Array.from({ length: inputs.length * width }, (_, i) => i + 1)
  return {
    kind: 'linear',
    inputs,
    weights: exactTable(weights, width),
    bias: exactTable(new Float64Array(width), width),
  }
}

function graphWith(...regions: Region[]): RegionGraph {
  return {
    regions: [{ kind: 'input', width: schema.features.length }, ...regions],
    output: [{ region: regions.length, column: 0 }],
  }
}

const texts = fc.oneof(
  fc
    .array(fc.constantFrom(...vocabulary, 'A', '?', '\u0000', '\ud800', 'é'), { maxLength: 12 })
    .map((all) => all.join(' ')),
  fc.string({ unit: 'binary', maxLength: 40 }),
)

describe('sums of terms', () => {
  it('give what the whole graph gives, for any texts and pipelines, from every kind of row', () => {
    fc.assert(
      fc.property(
        pipelines,
        fc.array(fc.record({ stars: fc.integer(), title: texts, body: texts, price: fc.integer() }), { minLength: 1 }),
        (given, rows) => {
          const graph = graphOf(given)
          verifyRegions(graph)
          const dense = rows.map((row) => canonical(whole, row))
          const found = summed(graph, dense)
          // a choice of columns may leave fewer than there are sums
          fc.pre(found !== undefined)
          verifyRegions(found.graph)
          rows.forEach((row, i) => {
            const expected = interpret(graph, dense[i])
            const own = canonical(found.reader, row)
            const got = interpret(found.graph, own)
            got.forEach((value, k) => expect(Math.abs(value - expected[k])).toBeLessThanOrEqual(1e-12 * sizeOf(row)))
            const asArray = [row.stars, row.title, row.body, row.price]
            expect(canonical(found.reader, asArray)).toEqual(own)
            expect(canonical(found.reader, dense[i])).toEqual(own)
            expect(found.metadata.check.rows[i]).toEqual([...own])
          })
        },
      ),
      { numRuns: 100 },
    )
  })

  it('are the same numbers, bit for bit, in whatever order the terms stand', () => {
    const { reader } = summed(graphWith(linear(counted)))!
    const [one, other] = ['a b ab a ß', 'ß a ab a b'].map((title) => ({ stars: 1, title, body: '', price: 2 }))
    const terms = summed(graphWith(linear(counted.slice(0, 4))))!.reader
    expect(canonical(terms, one)).toEqual(canonical(terms, other))
    expect(canonical(reader, one)[4]).toBeGreaterThan(0)
  })

  it('forget a row that could not be read', () => {
    const { reader } = summed(graphWith(linear(counted)))!
    const row = { stars: 1, title: 'a b', body: '', price: 2 }
    const right = canonical(reader, row)
    expect(() => canonical(reader, { ...row, body: 7 })).toThrow(/body must be a text/)
    expect(() => canonical(reader, new Float64Array(whole.width).fill(NaN))).toThrow(/is missing/)
    expect(canonical(reader, row)).toEqual(right)
  })

  it('are of one row, also where a getter asks for another meanwhile', () => {
    const { reader } = summed(graphWith(linear(counted)))!
    const row = { stars: 1, title: 'a b', body: 'b', price: 2 }
    const asking = {
      ...row,
      get body() {
        canonical(reader, { ...row, title: 'ab ab ab' })
        return row.body
      },
    }
    expect(canonical(reader, asking)).toEqual(canonical(reader, row))
  })

  it('keep the limits of texts', () => {
    const { reader } = summed(graphWith(linear(counted)))!
    const row = { stars: 1, title: 'a'.repeat(1_000_001), body: '', price: 2 }
    expect(() => canonical(reader, row)).toThrow(/title has 1000001 characters, more than the limit of 1000000/)
  })
})

describe('what is not only added up', () => {
  const refs = counted.map((_, column) => ({ region: 1, column }))

  it.each<[string, Region]>([
    [
      'a centred scale',
      {
        kind: 'scale',
        inputs: counted,
        form: 'subtract-divide',
        first: counted.map(() => 1),
        second: counted.map(() => 1),
      },
    ],
    [
      'a function that makes something of nothing',
      { kind: 'map', inputs: counted, functions: counted.map(() => ({ name: 'exp', settings: [] })) },
    ],
    [
      'ranks, as trees read them',
      {
        kind: 'ranks',
        inputs: counted,
        columns: counted.map(() => ({
          kind: 'rank',
          flipPoints: Float64Array.of(0.5),
          missing: 'lowest',
          missingValue: NaN,
        })),
      } as Region,
    ],
    [
      'a norm that numbers have a part in',
      { kind: 'normalize', inputs: [...counted.slice(1), { region: 0, column: 0 }], norm: 'l2', least: 0 },
    ],
  ])('is left as it is: %s', (_, region) => {
    expect(summed(graphWith(region, linear(refs)))).toBeUndefined()
  })

  it('is left as it is where a term is the answer', () => {
    expect(summed({ regions: [{ kind: 'input', width: schema.features.length }], output: counted })).toBeUndefined()
    expect(summed(graphWith(linear(counted), linear([{ region: 1, column: 0 }, counted[0]])))).toBeDefined()
  })

  it('is left as it is where sums would be no fewer than terms', () => {
    expect(summed(graphWith(linear(counted, 33)))).toBeDefined()
    expect(summed(graphWith(linear(counted, 34)))).toBeUndefined()
  })
})

function sizeOf({ stars, price }: { readonly stars: number; readonly price: number }): number {
  return 1000 + Math.abs(stars) + Math.abs(price)
}
