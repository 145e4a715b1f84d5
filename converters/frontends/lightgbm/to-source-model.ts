// A LightGBM file, read but not understood, in; the source model out.

import type { MappedColumn } from '../../../src/regions/formula/column-map.ts'
import type { Region, RegionGraph } from '../../../src/regions/region.ts'
import type { SplitTrees } from '../../../src/regions/split-trees.ts'
import { lightgbmCorrupt, lightgbmLimitError, lightgbmLimits } from '../../formats/lightgbm/lightgbm-limits.ts'
import type { LightgbmDocument } from '../../formats/lightgbm/read-lightgbm.ts'
import type { LightgbmTree } from '../../formats/lightgbm/read-tree.ts'
import type { SourceModel } from '../source-model.ts'
import { layOutTrees } from '../sklearn/split-layout.ts'
import type { Place } from '../sklearn/place.ts'
import { type LightgbmFeature, readFeatures, toSchema } from './feature-kinds.ts'
import { findNodeColumns, type NodeColumns } from './node-columns.ts'
import { firstLeaves, leafFinder, linearLeavesRegion } from './linear-trees.ts'
import { readObjective } from './objective.ts'
import { toStoredTrees } from './stored-trees.ts'

/**
 * The model that `document` describes, with all trees of the file: `save_model` writes those up to the best iteration.
 * @throws UNSUPPORTED for objectives that are not known; FILE_CORRUPT, LIMIT_EXCEEDED
 */
export function lightgbmToSourceModel(document: LightgbmDocument): SourceModel {
  const { header, trees } = document
  const width = widthOf(document)
  const { kind, head, schema, answers } = readObjective(header.get('objective'), width)
  const features = readFeatures(document)
  assertNodes(trees, features)
  const columns = findNodeColumns(trees, features)
  // A forest's answer is made of the mean over its iterations.
  const weight = header.has('average_output') ? width / trees.length : 1
  const isLinear = trees.some(({ linear }) => linear !== undefined)
  const first = firstLeaves(trees)
  const leafOf = isLinear
    ? (tree: LightgbmTree, leaf: number) => (first.get(tree) ?? 0) + leaf
    : (tree: LightgbmTree, leaf: number) => tree.leafValue[leaf] * weight
  const stored = toStoredTrees(trees, { columns, features, leafOf })
  const place: Place = { path: '', className: 'Booster', version: header.get('version') ?? '', framework: 'LightGBM' }
  const layout = layOutTrees(stored.trees, { leafWidth: 1, featureCount: columns.inputs.length, place })
  const ensemble: SplitTrees = {
    kind: 'split-trees',
    inputs: columns.inputs,
    ...layout,
    ...(trees.every(({ leafCount, leafCover }) => leafCover.length === leafCount)
      ? {}
      : { cover: new Float64Array(0) }),
    precision: 'float64',
    categorySets: stored.categorySets,
    outputWidth: width,
    treeOutput: width === 1 ? new Int32Array(0) : Int32Array.from(trees, (_, i) => i % width),
    aggregate: 'sum',
    base: new Float64Array(width),
  }
  const before: Region[] = [{ kind: 'input', width: features.length }, ...columns.regions]
  const regions: Region[] = isLinear
    ? [...before, leafFinder(ensemble), linearLeavesRegion(trees, { columns, region: before.length, width, weight })]
    : [...before, ensemble]
  return {
    kind,
    head,
    schema: { ...schema, features: features.map((feature, i) => toSchema(feature, readingOf(columns, i))) },
    graph: withAnswers(regions, width, answers),
    source: {
      framework: 'LightGBM',
      frameworkVersion: header.get('version') ?? 'unknown',
      estimator: `Booster(${(header.get('objective') ?? 'custom objective').slice(0, 80)})`,
    },
  }
}

function readingOf(columns: NodeColumns, feature: number) {
  const used = columns.isUsed(feature)
  return { used, infinite: used && !columns.isInLeaves(feature) }
}

/** The sums of trees are the raw columns, or what functions of them give. */
function withAnswers(regions: readonly Region[], width: number, answers: readonly MappedColumn[] = []): RegionGraph {
  const columnsOf = (region: number) => Array.from({ length: width }, (_, column) => ({ region, column }))
  const last = regions.length - 1
  if (answers.length === 0) return { regions, output: columnsOf(last) }
  // one after the other
  const steps = answers.map((answer, i): Region => {
    return { kind: 'map', inputs: columnsOf(last + i), functions: Array.from({ length: width }, () => answer) }
  })
  return { regions: [...regions, ...steps], output: columnsOf(last + answers.length) }
}

/** Trees an iteration: one, or one a class. */
function widthOf({ header, trees }: LightgbmDocument): number {
  const text = header.get('num_tree_per_iteration') ?? header.get('num_class') ?? '1'
  const width = Number(text)
  if (!Number.isSafeInteger(width) || width < 1) throw lightgbmCorrupt('num_tree_per_iteration', 'a count', text)
  if (width > lightgbmLimits.classCount) throw lightgbmLimitError('classCount', width)
  if (trees.length % width !== 0) throw lightgbmCorrupt('its trees', `a multiple of ${width} trees`, `${trees.length}`)
  return width
}

function assertNodes(trees: readonly LightgbmTree[], features: readonly LightgbmFeature[]): void {
  trees.forEach((tree, i) => {
    const wrong = [...tree.feature, ...(tree.linear?.feature ?? [])].find((feature) => feature >= features.length)
    if (wrong !== undefined)
      throw lightgbmCorrupt(`tree ${i}, split_feature`, `features below ${features.length}`, String(wrong))
    const strange = tree.decision.find((decision) => decision > 15 || ((decision >> 2) & 3) === 3)
    if (strange !== undefined)
      throw lightgbmCorrupt(`tree ${i}, decision_type`, 'a decision type that LightGBM has', String(strange))
  })
}
