// A booster, its columns and the numbers that are missing to it in; columns where those are NaN, and the booster on them, out.

import { countBelow, type RanksColumn } from '../../../src/regions/ranks.ts'
import type { ColumnRef, Region, RegionGraph } from '../../../src/regions/region.ts'
import type { SplitTrees } from '../../../src/regions/split-trees.ts'
import { flipPoint } from '../../fold/flip-point.ts'
import type { RegionSink } from '../boosters/append-regions.ts'
import type { SourceModel } from '../source-model.ts'

type Context = { readonly builder: RegionSink; readonly missing: readonly number[] }
type Inputs = { readonly graph: RegionGraph; readonly inputs: readonly ColumnRef[] }

/**
 * Trees read ranks of numbers: a missing one goes its own way at each node, whatever steps come before, and is told from
 * its neighbours as XGBoost does it, by its float32. Columns of two values or of categories, and linear boosters, need no ranks.
 */
export function withMissing({ graph, schema }: SourceModel, refs: readonly ColumnRef[], context: Context): Inputs {
  const { builder, missing } = context
  const trees = graph.regions.findIndex(({ kind }) => kind === 'split-trees')
  const inputs = [...refs]
  const put = (columns: readonly number[], region: Region): void => {
    const number = builder.add(region)
    columns.forEach((column, i) => (inputs[column] = { region: number, column: i }))
  }
  const numbers = schema.features.flatMap(({ dtype }, i) => (dtype === 'string' ? [] : [i]))
  const isRanked = (i: number): boolean =>
    trees >= 0 && schema.features[i].categories === undefined && !hasTwoValues(builder.kindOf(refs[i]))
  const plain = numbers.filter((i) => !isRanked(i))
  for (const value of plain.length > 0 ? missing : []) put(plain, imputeAll(plain, inputs, [value, Number.NaN]))
  const ranked = numbers.filter(isRanked)
  if (ranked.length === 0) return { graph, inputs }

  const region = graph.regions[trees] as SplitTrees
  const places = flipPointsOf(region, ranked, missing)
  put(ranked, imputeAll(ranked, inputs, [Number.NaN, missing[0]]))
  const columns = ranked.map((column): RanksColumn => {
    return { kind: 'rank', flipPoints: pointsOf(places, column), missingValue: Number.NaN, missing: 'lowest' }
  })
  put(ranked, { kind: 'ranks', inputs: ranked.map((column) => inputs[column]), columns })
  for (const value of missing) {
    const ranks = ranked.map((column) => countBelow(pointsOf(places, column), value))
    put(ranked, {
      kind: 'impute',
      inputs: ranked.map((column) => inputs[column]),
      missing: ranks,
      fill: ranked.map(() => Number.NaN),
    })
  }
  const onRanks = { ...region, threshold: rankThresholds(region, places) }
  return { graph: { ...graph, regions: graph.regions.with(trees, onRanks) }, inputs }
}

function hasTwoValues(kind: Region['kind']): boolean {
  return kind === 'one-hot' || kind === 'indicator'
}

function imputeAll(
  columns: readonly number[],
  refs: readonly ColumnRef[],
  [from, to]: readonly [number, number],
): Region {
  const inputs = columns.map((column) => refs[column])
  return { kind: 'impute', inputs, missing: inputs.map(() => from), fill: inputs.map(() => to) }
}

/** By column, ascending: where trees split, and around each missing number. */
type Places = ReadonlyMap<number, Float64Array>

function flipPointsOf(trees: SplitTrees, columns: readonly number[], missing: readonly number[]): Places {
  const ends = missing.flatMap((value) => [flipBelow(value), flipUpTo(Math.fround(value))])
  const found = new Map(columns.map((column) => [column, new Set(ends)]))
  forEachTest(trees, (node, column) => found.get(column)?.add(flipUpTo(trees.threshold[node])))
  return new Map([...found].map(([column, points]) => [column, Float64Array.from(points).sort()]))
}

function pointsOf(places: Places, column: number): Float64Array {
  return places.get(column) ?? new Float64Array(0)
}

/** Numeric tests of the booster's own columns. */
function forEachTest({ jump, categorySet, feature, inputs }: SplitTrees, take: (node: number, column: number) => void) {
  for (let node = 0; node < jump.length; node++)
    if (jump[node] !== 0 && categorySet[node] < 0 && inputs[feature[node]].region === 0)
      take(node, inputs[feature[node]].column)
}

function rankThresholds(trees: SplitTrees, places: Places): Float64Array {
  const ranks = trees.threshold.slice()
  forEachTest(trees, (node, column) => {
    const points = places.get(column)
    if (points !== undefined) ranks[node] = countBelow(points, flipUpTo(trees.threshold[node]))
  })
  return ranks
}

/** The largest double whose float32 is not above `float`. */
function flipUpTo(float: number): number {
  return flipPoint((x) => Math.fround(x) <= float) ?? Number.NEGATIVE_INFINITY
}

/** The largest double whose float32 is below that of `value`. */
function flipBelow(value: number): number {
  const float = Math.fround(value)
  return flipPoint((x) => Math.fround(x) < float) ?? Number.NEGATIVE_INFINITY
}
