// A fitted RadiusNeighborsClassifier or RadiusNeighborsRegressor in; a region of neighbours within a radius out.

import { exactTable } from '../../../../src/regions/formula/table.ts'
import type { Scalar } from '../../../../src/artifact/schema.ts'
import { describeValue, type EstimatorReader, type Matrix, toValues } from '../estimator-reader.ts'
import { defineEstimator, type Scope } from '../estimator-spec.ts'
import { unsupported } from '../place.ts'
import { regressorOf } from '../regressor.ts'
import { type FittedNeighbors, neighborIgnored, neighborReads, readMeasured } from './fitted-neighbors.ts'
import { readClassTargets, readTargets, readWeights, sharesOf } from './k-neighbors.ts'

const ignored = Object.fromEntries(Object.entries(neighborIgnored).filter(([name]) => name !== 'radius'))
const reads = [...neighborReads, '_y', 'weights', 'radius']
const notes = 'as the models of k neighbours; a row without neighbours has no answer'

/** Source: sklearn/neighbors/_classification.py of 1.9.1, `RadiusNeighborsClassifier.predict_proba`. */
export const radiusNeighborsClassifier = defineEstimator({
  names: ['RadiusNeighborsClassifier'],
  role: 'classifier',
  notes: `${notes}, but for an outlier_label among the classes`,
  reads: [...reads, 'classes_', 'outlier_label_'],
  ignored: { ...ignored, outlier_label: 'fitted into outlier_label_' },
  predict(reader, input, scope) {
    const fitted = readMeasured(reader, input, scope)
    const { classLists, targets } = readClassTargets(reader, fitted)
    const classCounts = classLists.map(({ length }) => length)
    const lonely = readLonely(reader, classLists)
    return sharesOf(within(fitted, { targets, classCounts, lonely }, { reader, scope }), classLists)
  },
})

/** Source: sklearn/neighbors/_regression.py of 1.9.1, `RadiusNeighborsRegressor.predict`. */
export const radiusNeighborsRegressor = defineEstimator({
  names: ['RadiusNeighborsRegressor'],
  role: 'regressor',
  notes,
  reads,
  ignored,
  predict(reader, input, scope) {
    const fitted = readMeasured(reader, input, scope)
    const targets = readTargets(reader, fitted)
    const columns = within(fitted, { targets, classCounts: [], lonely: [] }, { reader, scope })
    return regressorOf(columns.map(({ ref }) => ref))
  },
})

type Told = { readonly targets: Matrix; readonly classCounts: readonly number[]; readonly lonely: readonly number[] }

function within(
  { columns, metric, power, points }: Omit<FittedNeighbors, 'count'>,
  { targets, classCounts, lonely }: Told,
  { reader, scope }: { readonly reader: EstimatorReader; readonly scope: Scope },
) {
  return scope.builder.compute(
    {
      kind: 'radius-neighbors',
      inputs: columns.map(({ ref }) => ref),
      metric,
      power,
      radius: reader.finite('radius'),
      weights: readWeights(reader),
      classCounts,
      lonely,
      points,
      targets: exactTable(targets.values, targets.columnCount),
    },
    columns,
  )
}

/** Of each target the class of a row without neighbours; NaN for none, where scikit-learn fails. */
function readLonely(reader: EstimatorReader, classLists: readonly (readonly Scalar[])[]): number[] {
  const value = reader.value('outlier_label_')
  if (value === null) return classLists.map(() => NaN)
  const labels = toValues(value)
  if (labels?.length !== classLists.length) return reader.fail('outlier_label_', `${classLists.length} labels or None`)
  return labels.map((label, target) => {
    const index = classLists[target].indexOf(label as Scalar)
    if (index >= 0) return index
    throw unsupported(
      reader.place,
      `outlier_label=${describeValue(label)}, which is no class`,
      'Choose one of the classes, most_frequent or None.',
    )
  })
}
