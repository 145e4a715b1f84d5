// A LightGBM file, read, in; its objective, size and features, as plain JSON, out.

import type { LightgbmDocument } from '../formats/lightgbm/read-lightgbm.ts'
import type { EstimatorNode } from './describe-estimators.ts'

const shownHeader = ['version', 'objective', 'num_class', 'num_tree_per_iteration', 'max_feature_idx', 'label_index']
/** Texts longer than this are cut. */
const shownLength = 60

export function describeLightgbm({ header, trees, pandasCategories }: LightgbmDocument): EstimatorNode {
  const parameters: Record<string, string> = {}
  for (const key of shownHeader) {
    const value = header.get(key)
    if (value !== undefined) parameters[key] = value.slice(0, shownLength)
  }
  if (header.has('average_output')) parameters['average_output'] = 'True'
  parameters['trees'] = String(trees.length)
  parameters['leaves'] = String(trees.reduce((sum, { leafCount }) => sum + leafCount, 0))
  if (pandasCategories !== undefined) parameters['pandas_categorical'] = `lists of ${pandasCategories.length} columns`
  return { className: 'Booster', parameters, children: [] }
}
