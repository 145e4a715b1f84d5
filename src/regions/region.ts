// The one representation between source frameworks and backends: a DAG of plain tables over columns of float64.

import type { Scalar } from '../artifact/schema.ts'
import type { ColumnRef } from './column-ref.ts'
import type { DenseChain } from './dense-chain.ts'
import type { Formula } from './formula/formulas.ts'
import type { Impute } from './impute.ts'
import type { Indicator } from './indicator.ts'
import type { OneHot } from './one-hot.ts'
import type { Ordinal } from './ordinal.ts'
import type { Ranks } from './ranks.ts'
import type { Scale } from './scale.ts'
import type { SplitTrees } from './split-trees.ts'
import type { TreeEnsemble } from './tree-ensemble.ts'

/** The canonical float64 row: one column a feature; NaN is missing, string categories are indices, −1 unknown. */
export type Input = { readonly kind: 'input'; readonly width: number }

export type Region =
  | Input
  | Impute
  | Indicator
  | Scale
  | OneHot
  | Ordinal
  | DenseChain
  | SplitTrees
  | Ranks
  | TreeEnsemble
  | Formula

export type RegionKind = Region['kind']

/** Regions in topological order, `regions[0]` the input; `output` lists the raw columns that the head decodes. */
export type RegionGraph = {
  readonly regions: readonly Region[]
  readonly output: readonly ColumnRef[]
}

export type { ColumnRef, Scalar }
