// A LightGBM file, read but not understood, in; the source model out.

import type { Region } from '../../../src/regions/region.ts'
import { lightgbmCorrupt, lightgbmLimitError, lightgbmLimits } from '../../formats/lightgbm/lightgbm-limits.ts'
import type { LightgbmDocument } from '../../formats/lightgbm/read-lightgbm.ts'
import type { LightgbmTree } from '../../formats/lightgbm/read-tree.ts'
import type { SourceModel } from '../source-model.ts'
import { layOutTrees } from '../sklearn/split-layout.ts'
import type { Place } from '../sklearn/place.ts'
import { type LightgbmFeature, readFeatures, toSchema } from './feature-kinds.ts'
import { findNodeColumns } from './node-columns.ts'
import { readObjective, unsupported } from './objective.ts'
import { toStoredTrees } from './stored-trees.ts'

/**
 * The model that `document` describes, with all trees of the file: `save_model` writes those up to the best iteration.
 * @throws UNSUPPORTED for objectives without a head of ours and for linear trees; FILE_CORRUPT, LIMIT_EXCEEDED
 */
export function lightgbmToSourceModel(document: LightgbmDocument): SourceModel {
  const { header, trees } = document
  const width = widthOf(document)
  const { kind, head, schema } = readObjective(header.get('objective'), width)
  const features = readFeatures(document)
  assertNodes(trees, features)
  const columns = findNodeColumns(trees, features)
  // A forest's answer is made of the mean over its iterations.
  const isForest = header.has('average_output')
  const stored = toStoredTrees(trees, { columns, features, weight: isForest ? width / trees.length : 1 })
  const place: Place = { path: '', className: 'Booster', version: header.get('version') ?? '', framework: 'LightGBM' }
  const layout = layOutTrees(stored.trees, { leafWidth: 1, featureCount: columns.inputs.length, place })
  const regions: Region[] = [
    { kind: 'input', width: features.length },
    ...columns.regions,
    {
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
    },
  ]
  const last = regions.length - 1
  return {
    kind,
    head,
    schema: { ...schema, features: features.map((feature, i) => toSchema(feature, columns.isUsed(i))) },
    graph: { regions, output: Array.from({ length: width }, (_, column) => ({ region: last, column })) },
    source: {
      framework: 'LightGBM',
      frameworkVersion: header.get('version') ?? 'unknown',
      estimator: `Booster(${(header.get('objective') ?? 'custom objective').slice(0, 80)})`,
    },
  }
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
    if (tree.isLinear)
      throw unsupported('a model of linear trees (linear_tree=true)', 'Train it with linear_tree=false.')
    const wrong = tree.feature.find((feature) => feature >= features.length)
    if (wrong !== undefined)
      throw lightgbmCorrupt(`tree ${i}, split_feature`, `features below ${features.length}`, String(wrong))
    const strange = tree.decision.find((decision) => decision > 15 || ((decision >> 2) & 3) === 3)
    if (strange !== undefined)
      throw lightgbmCorrupt(`tree ${i}, decision_type`, 'a decision type that LightGBM has', String(strange))
    tree.feature.forEach((feature, node) => {
      if (features[feature].categories === undefined || (tree.decision[node] & 1) === 1) return
      throw unsupported(
        `a numeric split on ${features[feature].name.slice(0, 60)}, whose categories pandas lists,`,
        'Give ordered categories as numbers, and train again.',
      )
    })
  })
}
