// Trees of a LightGBM file, linear ones among them, in; the regions that find their leaves and add up their functions out.

import type { Region } from '../../../src/regions/region.ts'
import type { SplitTrees } from '../../../src/regions/split-trees.ts'
import { exactTable } from '../../../src/regions/formula/table.ts'
import { lightgbmLimitError, lightgbmLimits } from '../../formats/lightgbm/lightgbm-limits.ts'
import type { LightgbmTree } from '../../formats/lightgbm/read-tree.ts'
import type { NodeColumns } from './node-columns.ts'

type LinearOptions = {
  readonly columns: NodeColumns
  /** Number of the region of trees. */
  readonly region: number
  /** Trees an iteration, and so raw columns. */
  readonly width: number
  /** Leaves are multiplied by it. */
  readonly weight: number
}

/** First leaf of each tree among all leaves. */
export function firstLeaves(trees: readonly LightgbmTree[]): ReadonlyMap<LightgbmTree, number> {
  let next = 0
  return new Map(trees.map((tree) => [tree, (next += tree.leafCount) - tree.leafCount]))
}

/** Trees whose leaf values are the numbers of the leaves, each in a column of its own. */
export function leafFinder(trees: SplitTrees): SplitTrees {
  const count = trees.treeStart.length - 1
  return {
    ...trees,
    outputWidth: count,
    treeOutput: count === 1 ? new Int32Array(0) : Int32Array.from({ length: count }, (_, tree) => tree),
    base: new Float64Array(count),
  }
}

export function linearLeavesRegion(
  trees: readonly LightgbmTree[],
  { columns, region, width, weight }: LinearOptions,
): Region {
  const read = [...new Set(trees.flatMap(({ linear }) => (linear === undefined ? [] : [...linear.feature])))]
  const placeOf = new Map(read.map((feature, place) => [feature, place]))
  const leafCount = trees.reduce((sum, tree) => sum + tree.leafCount, 0)
  const termCount = trees.reduce((sum, { linear }) => sum + (linear?.feature.length ?? 0), 0)
  if (termCount > lightgbmLimits.termCount) throw lightgbmLimitError('termCount', termCount)
  const leaves = new Float64Array(2 * leafCount)
  const termCounts = new Int32Array(leafCount)
  const places = new Int32Array(termCount)
  const factors = new Float64Array(termCount)
  let [leaf, term] = [0, 0]
  for (const { leafCount: count, leafValue, linear } of trees) {
    for (let own = 0; own < count; own++, leaf++) {
      leaves[2 * leaf] = (linear?.constant ?? leafValue)[own] * weight
      leaves[2 * leaf + 1] = leafValue[own] * weight
      termCounts[leaf] = linear?.termCount[own] ?? 0
    }
    linear?.feature.forEach((feature, own) => {
      places[term] = placeOf.get(feature) ?? 0
      factors[term++] = linear.factor[own] * weight
    })
  }
  return {
    kind: 'linear-leaves',
    inputs: [...trees.map((_, column) => ({ region, column })), ...read.map((feature) => columns.numberOf(feature))],
    treeCount: trees.length,
    outputCount: width,
    leaves: exactTable(leaves, 2),
    termCounts,
    columns: places,
    factors: exactTable(factors, 1),
  }
}
