// Stored trees and the columns they read in; a split-trees region and its output columns out.

import type { ColumnRef } from '../../../src/regions/region.ts'
import type { SplitTrees } from '../../../src/regions/split-trees.ts'
import type { ColumnSet } from './columns.ts'
import type { GraphBuilder } from './graph-builder.ts'
import type { Place } from './place.ts'
import { layOutTrees, type StoredTree } from './split-layout.ts'

type TreeRegionOptions = {
  readonly aggregate: SplitTrees['aggregate']
  /** Number of raw columns. */
  readonly width: number
  /** @default 'float32', as every tree of scikit-learn but those on histograms */
  readonly precision?: SplitTrees['precision']
  readonly input: ColumnSet
  readonly builder: GraphBuilder
  readonly place: Place
  /** Zeros where absent. */
  readonly base?: Float64Array
  /** Which output each tree adds its one value to; absent where a leaf has a value for each output. */
  readonly treeOutput?: Int32Array
  readonly categorySets?: SplitTrees['categorySets']
}

export function addTrees(trees: readonly StoredTree[], options: TreeRegionOptions): ColumnRef[] {
  const { input, builder, place, width, aggregate, precision = 'float32' } = options
  const leafWidth = options.treeOutput === undefined ? width : 1
  const region = builder.add({
    kind: 'split-trees',
    inputs: input.columns.map(({ ref }) => ref),
    ...layOutTrees(trees, { leafWidth, featureCount: input.columns.length, place }),
    precision,
    categorySets: options.categorySets ?? [],
    outputWidth: width,
    treeOutput: options.treeOutput ?? new Int32Array(0),
    aggregate,
    base: options.base ?? new Float64Array(width),
  })
  return Array.from({ length: width }, (_, column) => ({ region, column }))
}
