// Players survive folding: random preprocessing and trees, explained after folding and by the definition before it.

import { describe, expect, it } from 'vitest'
import { foldRegions } from '../../converters/fold/fold-regions.ts'
import { nextUp } from '../../converters/fold/flip-point.ts'
import type { ModelSchema } from '../../src/artifact/schema.ts'
import { isMLError } from '../../src/errors.ts'
import { columnFeature } from '../../src/explain/column-feature.ts'
import { createExplainer } from '../../src/explain/explainer.ts'
import { interpretInputs } from '../../src/regions/interpret.ts'
import type { RegionGraph } from '../../src/regions/region.ts'
import { splitGoesRight, type SplitTrees } from '../../src/regions/split-trees.ts'
import { restoreRegions, storeRegions } from '../../src/regions/store.ts'
import { verifyRegions } from '../../src/regions/verify.ts'
import { featureCount, Random, randomGraph } from '../converters/fold/random-graph.ts'
import { pathShapleyByDefinition } from './brute-force-shapley.ts'

/** Per tree; the definition asks for every set of them. */
const mostPlayers = 9

function fold(graph: RegionGraph, schema: ModelSchema): RegionGraph | undefined {
  try {
    return foldRegions(graph, schema)
  } catch (error) {
    if (isMLError(error) && error.code === 'UNSUPPORTED') return undefined
    throw error
  }
}

/** Values of each feature that take every way that a row can take. */
function candidateValues(folded: RegionGraph): number[][] {
  const values = Array.from({ length: featureCount }, (_, feature) =>
    feature === 3 ? [NaN, -1, 0, 1, 2, 3, 4] : [NaN, -9, -1, 0, 1, 2, 3, 4, Infinity, -Infinity, 1e300, 7],
  )
  for (const region of folded.regions)
    if (region.kind === 'ranks')
      region.columns.forEach((column, i) => {
        const { column: feature } = region.inputs[i]
        if (feature === 3) return
        if (column.kind === 'member') values[feature].push(...column.keys)
        else for (const flip of column.flipPoints) values[feature].push(flip, nextUp(flip))
      })
  return values
}

/** The trees with covers as training leaves them: no row where none can come, one or more elsewhere. */
function withCovers(graph: RegionGraph, candidates: readonly number[][], random: Random): RegionGraph {
  const number = graph.regions.length - 1
  const trees = graph.regions[number] as SplitTrees
  const featureOf = trees.inputs.map((ref) => columnFeature(graph, ref))
  const inputsOf = candidates.map((values, feature) =>
    values.map((value) =>
      interpretInputs(
        graph,
        Array.from({ length: featureCount }, (_, i) => (i === feature ? value : 0)),
        number,
      ),
    ),
  )
  const isDead = new Uint8Array(trees.jump.length)
  const cover: number[] = []
  for (let node = 0; node < trees.jump.length; node++) {
    const step = trees.jump[node]
    if (step === 0) {
      cover.push(isDead[node] === 1 ? 0 : 1 + random.nat(20))
      continue
    }
    const column = trees.feature[node]
    const ways = new Set(inputsOf[featureOf[column]].map((inputs) => splitGoesRight(trees, node, inputs[column])))
    isDead[node + 1] = isDead[node] === 1 || !ways.has(false) ? 1 : 0
    isDead[node + step] = isDead[node] === 1 || !ways.has(true) ? 1 : 0
  }
  const regions = graph.regions.with(number, { ...trees, cover: Float64Array.from(cover) })
  return { ...graph, regions }
}

describe('players of folded trees', () => {
  it("are the columns that the source's trees saw, whatever the preprocessing", async () => {
    let explained = 0
    let withSeveral = 0
    for (let seed = 1; seed <= 160; seed++) {
      const random = new Random(seed)
      const { graph: plain, schema } = randomGraph(random)
      const uncovered = fold(plain, schema)
      if (uncovered === undefined) continue
      const candidates = candidateValues(uncovered)
      const graph = withCovers(plain, candidates, random)
      const { stored, tensors } = storeRegions(foldRegions(graph, schema))
      const json: unknown = JSON.parse(JSON.stringify(stored))
      const folded = restoreRegions(json, new Map(tensors.map(({ name, values }) => [name, values])))
      verifyRegions(folded)
      const check = { rows: [], exact: [], quantized: [] }
      const head = { kind: 'regressor', link: 'identity', targetCount: 1 } as const
      const explain = createExplainer({ name: 'random', version: '1', schema, head, check }, folded)
      const row = Float64Array.from(candidates, (values) => random.pick(values))
      const number = graph.regions.length - 1
      const trees = graph.regions[number] as SplitTrees
      if (playersOfLargest(trees) > mostPlayers) continue
      const inputs = interpretInputs(graph, row, number)
      const expected = pathShapleyByDefinition({
        layout: trees,
        output: 0,
        playerAt: (node) => trees.feature[node],
        goesRight: (node) => splitGoesRight(trees, node, inputs[trees.feature[node]]),
      })
      const values = new Float64Array(featureCount)
      for (const [player, value] of expected.contributions) values[columnFeature(graph, trees.inputs[player])] += value
      const { base, contributions } = await explain(row, { output: 0, reference: undefined, pause: () => undefined })
      expect(base, `seed ${seed}`).toBeCloseTo(expected.base, 10)
      contributions.forEach(({ contribution }, i) => expect(contribution, `seed ${seed}`).toBeCloseTo(values[i], 10))
      explained++
      if (folded.regions.some((region) => region.kind === 'ranks' && region.players !== undefined)) withSeveral++
    }
    expect(explained).toBeGreaterThan(60)
    expect(withSeveral).toBeGreaterThan(30)
  })
})

function playersOfLargest({ treeStart, jump, feature }: SplitTrees): number {
  let most = 0
  for (let tree = 0; tree < treeStart.length - 1; tree++) {
    const tested = new Set<number>()
    for (let node = treeStart[tree]; node < treeStart[tree + 1]; node++) if (jump[node] > 0) tested.add(feature[node])
    most = Math.max(most, tested.size)
  }
  return most
}
