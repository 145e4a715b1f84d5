import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createScriptKernel } from '../../../../src/backend/kernel/script/script-kernel.ts'
import type { GraphInput } from '../../../../src/artifact/metadata.ts'
import { interpret } from '../../../../src/regions/interpret.ts'
import type { RegionGraph } from '../../../../src/regions/region.ts'
import { roundingBound } from '../../../../src/regions/rounding-bound.ts'
import { createRandom, randomChain, randomEnsemble, randomRows } from '../../../helpers/random-regions.ts'
import { hardValues, randomColumnGraphs } from '../../../helpers/random-columns.ts'

function run(graph: RegionGraph, input: GraphInput, rows: readonly ArrayLike<number>[]): Float32Array {
  const raw = new Float32Array(rows.length * graph.output.length).fill(77)
  createScriptKernel(graph, [input]).run(
    Float64Array.from(rows.flatMap((row) => [...Array.from(row)])),
    rows.length,
    raw,
  )
  return raw
}

describe('createScriptKernel', () => {
  it.each([
    { trees: 20, depth: 4, features: 5 },
    { trees: 7, depth: 9, features: 3, leafWidth: 3, aggregate: 'mean' as const },
    { trees: 12, depth: 3, features: 8, outputWidth: 4, flipPoints: 300 },
    { trees: 1, depth: 0, features: 1 },
  ])('adds up trees as the interpreter does: %o', (options) => {
    const random = createRandom(5)
    const graph = randomEnsemble(random, options)
    const rows = randomRows(random, graph, 150)
    const region = graph.regions.findIndex(({ kind }) => kind === 'ranks')
    const raw = run(graph, { name: 'ranks', width: options.features, region }, rows)
    const expected = rows.flatMap((row) => [...interpret(graph, row)].map(Math.fround))
    expect([...raw]).toEqual(expected)
  })

  it.each(['identity', 'relu', 'tanh', 'logistic'] as const)(
    'computes layers with %s within the bound of float32',
    (activation) => {
      const random = createRandom(9)
      const graph = randomChain(random, [6, 17, 9, 3], activation)
      const rows = randomRows(random, graph, 70)
      const raw = run(graph, { name: 'features', width: 6, region: 3 }, rows)
      rows.forEach((row, r) => {
        const [exact, bound] = [interpret(graph, row), roundingBound(graph, row)]
        exact.forEach((value, k) => expect(Math.abs(raw[3 * r + k] - value)).toBeLessThanOrEqual(bound[k]))
      })
    },
  )

  it('has no answer for a row that float32 does not hold, and answers its neighbours', () => {
    const graph = randomChain(createRandom(3), [2, 4, 1], 'relu')
    const raw = run(graph, { name: 'features', width: 2, region: 3 }, [
      [1, 2],
      [1e300, 2],
      [3, 4],
    ])
    expect([...raw].map(Number.isNaN)).toEqual([false, true, false])
  })

  it('gives the columns of a transformer', () => {
    fc.assert(
      fc.property(
        randomColumnGraphs,
        fc.array(fc.tuple(hardValues, hardValues, hardValues), { minLength: 1 }),
        (graph, rows) => {
          const raw = run(graph, { name: 'features', width: graph.output.length, region: -1 }, rows)
          expect([...raw]).toEqual(rows.flatMap((row) => [...interpret(graph, row)].map(Math.fround)))
        },
      ),
      { numRuns: 50 },
    )
  })
})
