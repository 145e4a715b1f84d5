// The trees of an XGBoost booster (gbtree, dart, random forests) in; regions that add up their leaves, and features, out.

import type { FeatureSchema } from '../../../src/artifact/schema.ts'
import { createNodeBudget, layOutTrees } from '../sklearn/split-layout.ts'
import type { BoosterParts } from './booster-parts.ts'
import { createCategorySets, encodeCategories } from './category-codes.ts'
import { type FeatureCategories, readFeatureCategories } from './feature-categories.ts'
import { keptTreeCount } from './kept-trees.ts'
import type { Learner } from './learner.ts'
import type { RecordReader } from './record-reader.ts'
import { readTree, type XgboostTree } from './stored-trees.ts'

export function readTreeBooster(learner: Learner, name: string): BoosterParts {
  const { booster, version } = learner
  const outer = name === 'dart' ? booster.record('gbtree') : booster
  const model = outer.record('model')
  const place = { path: '', className: name, version, framework: 'XGBoost' }
  const trees = readTrees(model, { booster, spend: createNodeBudget(place) })
  const width = outputCountOf(learner, model, trees)
  const kept = trees.slice(0, keptTreeCount(learner, model, { trees, width }))
  if (kept.length === 0) throw booster.unsupported('a model without trees', 'Train it for one round at least.')
  const categories = readFeatureCategories(model, kept, learner.featureNames.length)
  const sets = createCategorySets(categories)
  const encoded = encodeCategories(categories)
  const used = testedFeatures(kept)
  const info = model.numbers('tree_info', trees.length)
  const leafWidth = kept[0].leafWidth
  const layout = layOutTrees(
    kept.map((tree) => ({
      ...tree,
      feature: Array.from(tree.feature, (own, node) => encoded.inputOf(own, tree.rightCodes.has(node))),
      categorySet: (node: number) => sets.numberOf(tree, node),
    })),
    { leafWidth, featureCount: encoded.inputs.length, place },
  )
  const treeOutput = Int32Array.from(leafWidth === width ? [] : info.subarray(0, kept.length))
  if (treeOutput.some((output) => output < 0 || output >= width))
    throw model.corrupt('tree_info', `outputs below ${width}`)
  return {
    width,
    treeCount: kept.length,
    features: learner.featureNames.map((feature, i) => featureOf(feature, used.has(i), categories[i])),
    regionsOf: (margins) => {
      return [
        { kind: 'input', width: categories.length },
        ...encoded.regions,
        {
          kind: 'split-trees',
          inputs: encoded.inputs,
          ...layout,
          cover: kept.every(({ hasCover }) => hasCover) ? layout.cover : new Float64Array(0),
          precision: 'float32',
          categorySets: sets.sets,
          outputWidth: width,
          treeOutput,
          aggregate: 'sum',
          base: margins,
        },
      ]
    },
  }
}

type TreeContext = { readonly booster: RecordReader; readonly spend: (nodeCount: number) => void }

/** The dart booster weighs its trees; since 3.3 the weights stand in the model, and every tree booster may have some. */
function readTrees(model: RecordReader, { booster, spend }: TreeContext): XgboostTree[] {
  const records = model.records('trees')
  const owner = [booster, model].find((reader) => reader.has('weight_drop') && reader.numbers('weight_drop').length > 0)
  const weights = owner?.numbers('weight_drop', records.length)
  return records.map((record, i) => {
    const tree = readTree(record, weights?.[i] ?? 1)
    spend(tree.nodeCount)
    return tree
  })
}

/** Classes, targets or quantiles: before 3.1 the number of quantiles stands nowhere but with the trees. */
function outputCountOf(learner: Learner, model: RecordReader, trees: readonly XgboostTree[]): number {
  const widths = new Set(trees.map(({ leafWidth }) => leafWidth))
  if (widths.size > 1) throw model.corrupt('trees', 'leaves of one width', [...widths].join(', '))
  const [leafWidth = 1] = widths
  const outputs = model.numbers('tree_info', trees.length)
  if (leafWidth > 1 && outputs.some((output) => output !== 0))
    throw model.corrupt('tree_info', '0 for each tree, whose leaves have a value for each output')
  const named = outputs.reduce((most, output) => Math.max(most, output + 1), 1)
  const stated = Math.max(1, learner.classCount, learner.targetCount)
  if (named > stated && stated > 1) throw model.corrupt('tree_info', `outputs below ${stated}`, String(named - 1))
  const width = Math.max(named, stated, leafWidth)
  if (!Number.isInteger(width) || (leafWidth > 1 && leafWidth !== width))
    throw model.corrupt('trees', `leaves of ${width} values`, String(leafWidth))
  return width
}

function testedFeatures(trees: readonly XgboostTree[]): Set<number> {
  const tested = new Set<number>()
  for (const { nodeCount, isLeaf, feature } of trees)
    for (let node = 0; node < nodeCount; node++) if (!isLeaf(node)) tested.add(feature[node])
  return tested
}

function featureOf(name: string, used: boolean, own: FeatureCategories | undefined): FeatureSchema {
  const reading = { name, used, missing: 'handled' } as const
  if (own === undefined) return { ...reading, dtype: 'number', ...(used ? { infinite: true } : {}) }
  const { dtype, categories, isNamed, isNumber } = own
  if (isNumber && !isNamed) return { ...reading, dtype: 'number', infinite: true }
  return { ...reading, dtype, categories, unknown: isNamed ? 'error' : 'ignored' }
}
