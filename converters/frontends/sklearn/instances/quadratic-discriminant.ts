// A fitted QuadraticDiscriminantAnalysis in; a normal distribution a class out.

import { exactTable } from '../../../../src/regions/formula/table.ts'
import { readClasses } from '../class-labels.ts'
import { describeValue, type EstimatorReader, toMatrix, toNumbers } from '../estimator-reader.ts'
import { defineEstimator } from '../estimator-spec.ts'
import { unsupported } from '../place.ts'
import { scoredClassifier } from './class-columns.ts'

/**
 * Source: sklearn/discriminant_analysis.py of 1.9.1, `QuadraticDiscriminantAnalysis._decision_function`:
 * −½ (‖(x − mean) · R / √S‖² + Σ log S) + log prior.
 */
export const quadraticDiscriminant = defineEstimator({
  names: ['QuadraticDiscriminantAnalysis'],
  role: 'classifier',
  notes: 'every solver, any priors above 0',
  reads: ['means_', 'rotations_', 'scalings_', 'priors_', 'classes_'],
  ignored: {
    covariance_: 'rotations_ and scalings_ say the same',
    covariance_estimator: 'training only',
    priors: 'fitted into priors_',
    reg_param: 'fitted into scalings_',
    shrinkage: 'training only',
    solver: 'training only',
    store_covariance: 'training only',
    tol: 'training only',
  },
  predict(reader, input, scope) {
    const { place } = reader
    scope.builder.takeNumbers(input.columns, place, { nan: false, infinite: false })
    const classes = readClasses(reader)
    const width = input.columns.length
    const means = toMatrix(reader.value('means_'), place, 'means_')
    if (means.rowCount !== classes.length || means.columnCount !== width)
      throw reader.corrupt('means_', `${classes.length} rows of ${width}`, `${means.rowCount} of ${means.columnCount}`)
    const priors = reader.finiteNumbers('priors_', classes.length)
    if (!priors.every((prior) => prior > 0)) throw unsupported(place, 'a prior of 0', 'Fit it without that class.')
    const axes = readAxes(reader, classes.length, width)
    const rank = axes.reduce((most, { scaling }) => Math.max(most, scaling.length), 0)
    const factors = new Float64Array(classes.length * width * rank)
    axes.forEach(({ rotation, scaling }, k) => {
      for (let i = 0; i < width; i++)
        for (let j = 0; j < scaling.length; j++)
          factors[(k * width + i) * rank + j] = rotation[i * scaling.length + j] / Math.sqrt(scaling[j])
    })
    const constants = Float64Array.from(axes, ({ scaling }, k) => {
      return Math.log(priors[k]) - 0.5 * scaling.reduce((sum, variance) => sum + Math.log(variance), 0)
    })
    const columns = scope.builder.compute(
      {
        kind: 'gaussians',
        inputs: input.columns.map(({ ref }) => ref),
        shape: 'full',
        means: exactTable(means.values, width),
        factors: exactTable(factors, rank),
        constants: exactTable(constants, classes.length),
      },
      input.columns,
    )
    return scoredClassifier({ columns, sources: input.columns }, classes, scope)
  },
})

/** Of each class the principal axes, as columns, and the variance along each. */
function readAxes(reader: EstimatorReader, classCount: number, width: number) {
  const [rotations, scalings] = [reader.list('rotations_'), reader.list('scalings_')]
  if (rotations.length !== classCount) throw reader.corrupt('rotations_', `${classCount}`, `${rotations.length}`)
  return rotations.map((value, k) => {
    const { rowCount, columnCount, values } = toMatrix(value, reader.place, `rotations_[${k}]`)
    const scaling = toNumbers(scalings[k])
    if (rowCount !== width || columnCount === 0)
      throw reader.corrupt(`rotations_[${k}]`, `${width} rows`, `${rowCount} by ${columnCount}`)
    if (scaling?.length !== columnCount || !scaling.every((variance) => variance > 0 && Number.isFinite(variance)))
      throw reader.corrupt(`scalings_[${k}]`, `${columnCount} variances above 0`, describeValue(scalings[k]))
    return { rotation: values, scaling }
  })
}
