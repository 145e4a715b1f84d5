// A JSON file of CatBoost, read but not understood, in; the source model out.

import type { ColumnRef, Region } from '../../../src/regions/region.ts'
import { catboostLimitError, catboostLimits } from '../../formats/catboost/catboost-limits.ts'
import { type BoosterRecord, isBoosterList } from '../../formats/xgboost/booster-value.ts'
import type { Place } from '../sklearn/place.ts'
import { createNodeBudget, layOutTrees } from '../sklearn/split-layout.ts'
import type { SourceModel } from '../source-model.ts'
import { RecordReader } from '../xgboost/record-reader.ts'
import { type CatboostFeatures, featureSchemas, readFeatures } from './features.ts'
import { readModelInfo, versionOf } from './model-info.ts'
import { objectiveHead } from './objective-table.ts'
import { SplitReader } from './splits.ts'
import { type CatboostTree, readSymmetricTree, readTree } from './stored-trees.ts'

/**
 * The model that `document` describes. CatBoost rounds numbers to float32 and adds leaves up in float64, as is done here.
 * @throws UNSUPPORTED for target statistics, losses without a head of ours and categories without names; FILE_CORRUPT;
 * LIMIT_EXCEEDED
 */
export function catboostToSourceModel(document: BoosterRecord): SourceModel {
  const version = versionOf(document)
  const model = new RecordReader(document, { path: '', version, framework: 'CatBoost' })
  const info = readModelInfo(model)
  const features = readFeatures(model)
  const { scale, bias } = readScale(model)
  const splits = new SplitReader(features)
  const place: Place = { path: '', className: 'CatBoost', version, framework: 'CatBoost' }
  const trees = readTrees(model, { splits, width: bias.length, scale, spend: createNodeBudget(place) })
  const { regions: before, inputs } = encodingOf(features)
  const layout = layOutTrees(trees, { leafWidth: bias.length, featureCount: inputs.length, place })
  const regions: Region[] = [
    { kind: 'input', width: inputs.length },
    ...before,
    {
      kind: 'split-trees',
      inputs,
      ...layout,
      cover: trees.every(({ hasCover }) => hasCover) ? layout.cover : new Float64Array(0),
      precision: 'float32',
      categorySets: splits.categorySets,
      outputWidth: bias.length,
      treeOutput: new Int32Array(0),
      aggregate: 'sum',
      base: bias,
    },
  ]
  const last = regions.length - 1
  const { schema, ...head } = objectiveHead({ ...info, width: bias.length }, model)
  return {
    ...head,
    schema: { features: featureSchemas(features, splits.used), ...schema },
    graph: { regions, output: Array.from(bias, (_, column) => ({ region: last, column })) },
    source: {
      framework: 'CatBoost',
      frameworkVersion: version,
      estimator: `CatBoost(${info.loss}, ${trees.length} trees)`,
    },
  }
}

type Context = Parameters<typeof readTree>[1]

function readTrees(model: RecordReader, context: Context): CatboostTree[] {
  const trees = model.has('oblivious_trees')
    ? model.records('oblivious_trees').map((tree) => readSymmetricTree(tree, context))
    : model.records('trees').map((tree) => readTree(tree, context))
  if (trees.length === 0) throw model.unsupported('a model without trees', 'Train it for one iteration at least.')
  return trees
}

/** `[scale, [bias, …]]`, one bias a raw column; `[scale, bias]` before 0.24. */
function readScale(model: RecordReader): { readonly scale: number; readonly bias: Float64Array } {
  const value = model.value('scale_and_bias')
  const [scale, bias] = value instanceof Float64Array ? [value[0], value.slice(1)] : isBoosterList(value) ? value : []
  if (
    typeof scale !== 'number' ||
    !(bias instanceof Float64Array) ||
    bias.length === 0 ||
    !Number.isFinite(scale) ||
    !bias.every(Number.isFinite)
  )
    throw model.corrupt('scale_and_bias', 'a number, and a list of numbers')
  if (bias.length > catboostLimits.outputCount) throw catboostLimitError('outputCount', bias.length)
  return { scale, bias }
}

/** Categories become their numbers among those that splits test, −1 all others; numbers stay as they are. */
function encodingOf({ names, categoricals }: CatboostFeatures): { regions: Region[]; inputs: ColumnRef[] } {
  const inputs = names.map((_, column): ColumnRef => ({ region: 0, column }))
  const encoded = [...categoricals.values()].filter(({ categories }) => categories.length > 0)
  if (encoded.length === 0) return { regions: [], inputs }
  const region: Region = {
    kind: 'ordinal',
    inputs: encoded.map(({ column }) => ({ region: 0, column })),
    columns: encoded.map(({ categories }) => {
      const codes = categories.map((_, code) => code)
      const keys = typeof categories[0] === 'string' ? codes : (categories as readonly number[])
      return { keys: [...keys], values: codes, unknownValue: -1 }
    }),
  }
  encoded.forEach(({ column }, i) => (inputs[column] = { region: 1, column: i }))
  return { regions: [region], inputs }
}
