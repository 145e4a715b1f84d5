// A fitted GaussianNB in; a normal distribution a class, without covariances, out.

import { exactTable } from '../../../../src/regions/formula/table.ts'
import { readClasses } from '../class-labels.ts'
import { toMatrix } from '../estimator-reader.ts'
import { defineEstimator } from '../estimator-spec.ts'
import { unsupported } from '../place.ts'
import { softmaxClassifier } from './class-columns.ts'
import { logOf } from './naive-bayes-priors.ts'

/** Source: sklearn/naive_bayes.py of 1.9.1, `GaussianNB._joint_log_likelihood`. */
export const gaussianNaiveBayes = defineEstimator({
  names: ['GaussianNB'],
  role: 'classifier',
  notes: 'any priors',
  reads: ['theta_', 'var_', 'class_prior_', 'classes_'],
  ignored: {
    priors: 'fitted into class_prior_',
    var_smoothing: 'fitted into var_',
    epsilon_: 'fitted into var_',
    class_count_: 'fitted into class_prior_',
  },
  predict(reader, input, scope) {
    const { place } = reader
    const classes = readClasses(reader)
    scope.builder.takeNumbers(input.columns, place, { nan: false, infinite: false })
    const width = input.columns.length
    const means = toMatrix(reader.value('theta_'), place, 'theta_')
    const variances = toMatrix(reader.value('var_'), place, 'var_')
    for (const [name, { rowCount, columnCount }] of Object.entries({ theta_: means, var_: variances })) {
      if (rowCount === classes.length && columnCount === width) continue
      throw reader.corrupt(name, `${classes.length} rows of ${width} numbers`, `${rowCount} of ${columnCount}`)
    }
    if (!variances.values.every((variance) => variance > 0))
      throw unsupported(place, 'a variance of 0', 'scikit-learn answers NaN there; fit it with var_smoothing.')
    const priors = reader.finiteNumbers('class_prior_', classes.length)
    const constants = Float64Array.from(priors, (prior, k) => {
      const own = variances.values.subarray(k * width, (k + 1) * width)
      return logOf(prior) - 0.5 * own.reduce((sum, variance) => sum + Math.log(2 * Math.PI * variance), 0)
    })
    const columns = scope.builder.compute(
      {
        kind: 'gaussians',
        inputs: input.columns.map(({ ref }) => ref),
        shape: 'diagonal',
        means: exactTable(means.values, width),
        factors: exactTable(
          variances.values.map((variance) => 1 / Math.sqrt(variance)),
          width,
        ),
        constants: exactTable(constants, classes.length),
      },
      input.columns,
    )
    return softmaxClassifier({ columns, sources: input.columns }, classes, scope)
  },
})
