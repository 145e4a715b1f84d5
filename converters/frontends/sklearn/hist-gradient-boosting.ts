// A fitted HistGradientBoostingClassifier or HistGradientBoostingRegressor in; split trees whose leaves are added up out.

import type { ColumnRef } from '../../../src/regions/region.ts'
import { classifierOf } from './classifier.ts'
import { readClasses } from './class-labels.ts'
import { NdArray } from '../../formats/pickle/values.ts'
import { toFlatNumbers, toNumbers } from './estimator-reader.ts'
import type { EstimatorReader } from './estimator-reader.ts'
import { defineEstimator, type Scope } from './estimator-spec.ts'
import type { ColumnSet } from './columns.ts'
import { readCategories } from './hist-categories.ts'
import { readPredictors } from './hist-predictors.ts'
import { preprocessColumns } from './hist-preprocessor.ts'
import { unsupported } from './place.ts'
import { regressorOf } from './regressor.ts'
import { addTrees } from './tree-region.ts'

const reads = ['_predictors', '_baseline_prediction', '_bin_mapper', '_preprocessor', 'loss', '_loss'] as const

const ignored: Readonly<Record<string, string>> = Object.fromEntries(
  [
    'learning_rate max_iter max_leaf_nodes max_depth min_samples_leaf l2_regularization max_features max_bins random_state',
    'categorical_features monotonic_cst interaction_cst warm_start early_stopping scoring validation_fraction verbose',
    'n_iter_no_change tol n_trees_per_iteration_ do_early_stopping_ train_score_ validation_score_ is_categorical_',
    '_is_categorical_remapped _random_seed _feature_subsample_rng _n_features _use_validation_data _scorer _in_fit',
    '_label_encoder class_weight quantile _fitted_with_sw _raw_predict',
  ].flatMap((names) => names.split(' ').map((name) => [name, 'fitted into _predictors, or training only'])),
)

export const histGradientBoostingClassifier = defineEstimator({
  names: ['HistGradientBoostingClassifier'],
  role: 'classifier',
  notes: 'binary and multiclass, missing values, categorical splits with their own encoder',
  reads: [...reads, 'classes_'],
  ignored,
  predict(reader, input, scope) {
    const classes = readClasses(reader)
    if (classes.length < 2) {
      throw unsupported(reader.place, 'a classifier of one class', 'Train it on rows of two classes or more.')
    }
    const width = classes.length === 2 ? 1 : classes.length
    const output = addIterations(reader, input, { scope, width })
    const link = width === 1 ? 'sigmoid' : 'softmax'
    return classifierOf(output, classes, { link, tie: 'first', hasScores: true })
  },
})

/** Losses whose inverse link is exp; the rest predict raw values. */
const exponentialLosses = new Set(['poisson', 'gamma'])
const identityLosses = new Set(['squared_error', 'absolute_error', 'quantile'])

export const histGradientBoostingRegressor = defineEstimator({
  names: ['HistGradientBoostingRegressor'],
  role: 'regressor',
  notes: 'every loss, missing values, categorical splits with their own encoder',
  reads,
  ignored,
  predict(reader, input, scope) {
    const loss = reader.value('loss')
    if (typeof loss !== 'string' || !(exponentialLosses.has(loss) || identityLosses.has(loss))) {
      const names = [...identityLosses, ...exponentialLosses].join(', ')
      throw unsupported(reader.place, `loss=${String(loss)}`, `Supported are ${names}.`)
    }
    const output = addIterations(reader, input, { scope, width: 1 })
    return regressorOf(output, exponentialLosses.has(loss) ? 'exp' : 'identity')
  },
})

type Context = { readonly scope: Scope; readonly width: number }

function addIterations(reader: EstimatorReader, input: ColumnSet, { scope, width }: Context): ColumnRef[] {
  const { place } = reader
  const { builder } = scope
  const columns = preprocessColumns(reader, input, scope)
  const predictors = readPredictors(reader, width)
  const categories = readCategories(reader, predictors, { columns, builder })
  for (const [i, column] of columns.columns.entries()) {
    if (!categories.isCategorical(i)) builder.takeNumbers([column], place, { nan: true, infinite: true })
  }
  // A number of two classes before 1.1.
  const value = reader.value('_baseline_prediction')
  const baseline = value instanceof NdArray ? toFlatNumbers(value) : toNumbers([value])
  if (baseline?.length !== width || !baseline.every(Number.isFinite)) {
    return reader.fail('_baseline_prediction', `${width} finite numbers`)
  }
  return addTrees(
    predictors.map(({ tree }, i) => ({ ...tree, categorySet: (node) => categories.setOf(i, node) })),
    {
      input: columns,
      builder,
      place,
      width,
      precision: 'float64',
      aggregate: 'sum',
      base: Float64Array.from(baseline),
      treeOutput: width === 1 ? undefined : Int32Array.from(predictors, (_, i) => i % width),
      categorySets: categories.sets,
    },
  )
}
