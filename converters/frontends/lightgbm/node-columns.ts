// Trees and features of a LightGBM file in; the columns that its nodes compare, as regions before the trees, out.

import type { ColumnRef, Region } from '../../../src/regions/region.ts'
import { countBelow, type RanksColumn } from '../../../src/regions/ranks.ts'
import { nextDown } from '../../fold/flip-point.ts'
import { lightgbmLimitError, lightgbmLimits } from '../../formats/lightgbm/lightgbm-limits.ts'
import type { LightgbmTree } from '../../formats/lightgbm/read-tree.ts'
import { categorySetOf } from './category-sets.ts'
import { categoryValue, type LightgbmFeature } from './feature-kinds.ts'

/** `number` as it is; `zero`: near zero is missing; `code`: cut to an integer; `category`: a value of pandas. */
export type ColumnMode = 'number' | 'zero' | 'code' | 'category'

/** `kZeroThreshold` of include/LightGBM/meta.h: 1e-35 as a float. */
const zeroThreshold = Math.fround(1e-35)
/** The largest double below what counts as zero. */
const belowZero = nextDown(-zeroThreshold)

export type NodeColumn = {
  readonly mode: ColumnMode
  /** Number among the inputs of the trees. */
  readonly input: number
  /** What a node compares with in place of `threshold`, or of a code: ranks where the column holds ranks. */
  readonly placeOf: (value: number) => number
}

export type NodeColumns = {
  /** From region 1 on. */
  readonly regions: readonly Region[]
  readonly inputs: readonly ColumnRef[]
  columnOf(tree: LightgbmTree, node: number): NodeColumn
  isUsed(feature: number): boolean
  /** True where a linear function reads it, which has no answer to infinity. */
  isInLeaves(feature: number): boolean
  /** A feature as a number, as the linear functions of leaves read it. */
  numberOf(feature: number): ColumnRef
}

export function modeOf(tree: LightgbmTree, node: number, feature: LightgbmFeature): ColumnMode {
  const decision = tree.decision[node]
  if ((decision & 1) === 1) return feature.categories === undefined ? 'code' : 'category'
  return ((decision >> 2) & 3) === 1 ? 'zero' : 'number'
}

type Found = { readonly feature: number; readonly mode: ColumnMode; readonly cuts: Set<number> }

export function findNodeColumns(trees: readonly LightgbmTree[], features: readonly LightgbmFeature[]): NodeColumns {
  const inLeaves = new Set(trees.flatMap(({ linear }) => (linear === undefined ? [] : [...linear.feature])))
  const found = new Map<string, Found>()
  let categoryCount = 0
  for (const tree of trees) {
    const seen = new Set<string>()
    for (let node = 0; node < tree.leafCount - 1; node++) {
      const feature = tree.feature[node]
      const mode = modeOf(tree, node, features[feature])
      const key = `${feature} ${mode}`
      let entry = found.get(key)
      if (entry === undefined) found.set(key, (entry = { feature, mode, cuts: new Set() }))
      if (mode === 'zero') entry.cuts.add(zeroCut(tree.threshold[node]))
      const use = `${feature} ${tree.threshold[node]}`
      if (mode === 'zero' || mode === 'number' || seen.has(use)) continue
      seen.add(use)
      const codes = categorySetOf(tree, node)
      categoryCount += codes.length
      if (categoryCount > lightgbmLimits.categoryCount) throw lightgbmLimitError('categoryCount', categoryCount)
      if (mode === 'code') for (const code of codes) addCodeCuts(entry.cuts, code)
    }
  }
  const numeric = [...found.values()].filter(({ mode }) => mode === 'number' || mode === 'zero')
  const numbers = new CategoryNumbers(new Set([...inLeaves, ...numeric.map(({ feature }) => feature)]), features)
  const builder = new ColumnRegions(numbers)
  const columns = new Map([...found].map(([key, entry]) => [key, builder.add(entry)]))
  const used = new Set([...inLeaves, ...[...found.values()].map(({ feature }) => feature)])
  const { regions, inputs } = builder.finish()
  return {
    regions,
    inputs,
    isUsed: (feature) => used.has(feature),
    isInLeaves: (feature) => inLeaves.has(feature),
    numberOf: (feature) => numbers.refOf(feature),
    columnOf(tree, node) {
      const feature = tree.feature[node]
      return columns.get(`${feature} ${modeOf(tree, node, features[feature])}`) as NodeColumn
    },
  }
}

/** No value that is not missing lies between, so all thresholds there are one. */
function zeroCut(threshold: number): number {
  return threshold > belowZero && threshold < zeroThreshold ? belowZero : threshold
}

/**
 * `predict` hands a number near zero to the trees as 0 (`RowPairFunctionFromDenseMatric` of LightGBM 4.6.0,
 * src/c_api.cpp), so all of them go the way of 0.
 */
function numberCut(threshold: number): number {
  if (threshold < -zeroThreshold || threshold >= zeroThreshold) return threshold
  return threshold < 0 ? belowZero : zeroThreshold
}

/** A code is every number that is cut to it: (−1, 1) is 0, [k, k + 1) is k. */
function addCodeCuts(cuts: Set<number>, code: number): void {
  cuts.add(code === 0 ? -1 : nextDown(code))
  cuts.add(nextDown(code + 1))
}

/** Codes of the features that pandas lists categories of and that are read as numbers, as those of ordered categories are. */
class CategoryNumbers {
  readonly regions: readonly Region[]
  readonly #refs: ReadonlyMap<number, ColumnRef>

  constructor(asNumbers: ReadonlySet<number>, features: readonly LightgbmFeature[]) {
    const own = [...asNumbers].flatMap((feature) => {
      const { categories } = features[feature]
      return categories === undefined ? [] : [{ feature, categories }]
    })
    this.#refs = new Map(own.map(({ feature }, column) => [feature, { region: 1, column }]))
    const columns = own.map(({ categories }) => {
      const values = categories.map((_, code) => code)
      return { keys: values.map((code) => Number(categoryValue(categories, code))), values, unknownValue: Number.NaN }
    })
    const inputs = own.map(({ feature }) => ({ region: 0, column: feature }))
    this.regions = own.length === 0 ? [] : [{ kind: 'ordinal', inputs, columns }]
  }

  refOf(feature: number): ColumnRef {
    return this.#refs.get(feature) ?? { region: 0, column: feature }
  }
}

/** Lays columns into regions: missing as zero, ranks, and the rank of zero as missing. */
class ColumnRegions {
  readonly #entries: { readonly entry: Found; readonly flipPoints: Float64Array }[] = []
  readonly #numbers: CategoryNumbers

  constructor(numbers: CategoryNumbers) {
    this.#numbers = numbers
  }

  add(entry: Found): NodeColumn {
    const { mode, cuts } = entry
    if (mode === 'zero') cuts.add(belowZero).add(zeroThreshold)
    const flipPoints = Float64Array.from(cuts).sort()
    const input = this.#entries.push({ entry, flipPoints }) - 1
    const placeOf = (value: number): number => {
      if (mode === 'zero') return countBelow(flipPoints, zeroCut(value))
      if (mode === 'code') return countBelow(flipPoints, value)
      return mode === 'number' ? numberCut(value) : value
    }
    return { mode, input, placeOf }
  }

  finish(): { regions: Region[]; inputs: ColumnRef[] } {
    const regions: Region[] = [...this.#numbers.regions]
    const inputs = this.#entries.map(({ entry: { mode, feature } }): ColumnRef => {
      return mode === 'number' || mode === 'zero' ? this.#numbers.refOf(feature) : { region: 0, column: feature }
    })
    const numbered = this.#entries.map(({ entry, flipPoints }, input) => ({ mode: entry.mode, flipPoints, input }))
    const zeros = numbered.filter(({ mode }) => mode === 'zero')
    const ranked = numbered.filter(({ mode }) => mode === 'zero' || mode === 'code')
    const refsOf = (columns: typeof numbered): ColumnRef[] => columns.map(({ input }) => inputs[input])
    const put = (columns: typeof numbered, region: Region): void => {
      const number = regions.push(region)
      columns.forEach(({ input }, column) => (inputs[input] = { region: number, column }))
    }
    const nan = zeros.map(() => Number.NaN)
    if (zeros.length > 0) put(zeros, { kind: 'impute', inputs: refsOf(zeros), missing: nan, fill: zeros.map(() => 0) })
    if (ranked.length > 0) {
      const columns = ranked.map(({ flipPoints }): RanksColumn => {
        return { kind: 'rank', flipPoints, missingValue: Number.NaN, missing: 'lowest' }
      })
      put(ranked, { kind: 'ranks', inputs: refsOf(ranked), columns })
    }
    const ranksOfZero = zeros.map(({ flipPoints }) => countBelow(flipPoints, 0))
    if (zeros.length > 0) put(zeros, { kind: 'impute', inputs: refsOf(zeros), missing: ranksOfZero, fill: nan })
    return { regions, inputs }
  }
}
