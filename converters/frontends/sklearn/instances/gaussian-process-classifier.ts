// A fitted GaussianProcessClassifier in; the sign of its latent function, and the mean of its sigmoid, out.

import { exactTable } from '../../../../src/regions/formula/table.ts'
import { readClasses } from '../class-labels.ts'
import { type EstimatorReader, type Matrix, toMatrix } from '../estimator-reader.ts'
import { defineEstimator } from '../estimator-spec.ts'
import type { Column } from '../columns.ts'
import { computedClassifier } from '../meta/computed-classifier.ts'
import { FormulaColumns } from '../meta/formula-columns.ts'
import { pathWithin, unsupported } from '../place.ts'
import { linearMap } from './kernel-maps.ts'
import { covarianceColumns, processIgnored, processNotes, readProcessKernel } from './process-kernel.ts'

const notes = `two classes, or one_vs_rest; ${processNotes}`

/** Source: sklearn/gaussian_process/_gpc.py of 1.9.1: what the estimator, or those of each class, answer. */
export const gaussianProcessClassifier = defineEstimator({
  names: ['GaussianProcessClassifier'],
  role: 'classifier',
  notes,
  reads: ['base_estimator_'],
  ignored: {
    ...processIgnored,
    classes_: 'those of base_estimator_',
    multi_class: 'the class of base_estimator_ says it',
    n_classes_: 'counted from the classes',
  },
  predict(reader, input, scope) {
    const base = reader.object('base_estimator_')
    if (base.name === 'OneVsOneClassifier')
      throw unsupported(
        reader.place,
        'multi_class=one_vs_one',
        'It has no probabilities; use one_vs_rest, or a OneVsOneClassifier of it.',
      )
    return scope.predict(base, input, pathWithin(reader.place, 'base_estimator_'))
  },
})

/** Source: the same file, `predict`, `latent_mean_and_variance` and `predict_proba`. */
export const binaryGaussianProcess = defineEstimator({
  names: ['_BinaryGaussianProcessClassifierLaplace'],
  role: 'classifier',
  notes,
  reads: ['X_train_', 'y_train_', 'kernel_', 'classes_', 'pi_', 'W_sr_', 'L_'],
  ignored: processIgnored,
  predict(reader, input, scope) {
    scope.builder.takeNumbers(input.columns, reader.place, { nan: false, infinite: false })
    const classes = readClasses(reader)
    if (classes.length !== 2) throw reader.corrupt('classes_', 'two classes', `${classes.length}`)
    const kernel = readProcessKernel(reader, input)
    const columns = covarianceColumns(kernel, 'points', { input, scope })
    const sources = input.columns
    const { rowCount } = kernel.points
    const probabilities = reader.finiteNumbers('pi_', rowCount)
    const residuals = reader.finiteNumbers('y_train_', rowCount).map((label, row) => label - probabilities[row])
    const weights = { rowCount, columnCount: 1, values: residuals }
    const [mean] = linearMap(weights, new Float64Array(1), { columns, sources, scope })
    const [spread] = scope.builder.compute(
      {
        kind: 'gaussians',
        inputs: columns.map(({ ref }) => ref),
        shape: 'full',
        means: exactTable(new Float64Array(rowCount), rowCount),
        factors: exactTable(readFactors(reader, rowCount).values, rowCount),
        constants: exactTable(new Float64Array(1), 1),
      },
      sources,
    )
    const [own] = covarianceColumns(kernel, 'itself', { input, scope })
    const formulas = new FormulaColumns(scope.builder)
    const refs = [mean, own, spread].map(({ ref }: Column) => ref)
    // −½ Σ v² is what `gaussians` gives, own − Σ v² the variance
    const moments = formulas.linear(refs, [1, 0, 0, 1, 0, 2], [0, 0])
    const [probability] = formulas.groups(moments, 'expected-sigmoid', 2)
    const label = formulas.withComplement(formulas.map([mean.ref], 'above', 0))
    return computedClassifier([{ classes, label, probabilities: formulas.withComplement([probability]) }])
  },
})

/** (L⁻¹ · diagonal of W_sr)ᵀ: L is the lower factor of 1 + W½ K W½, whose inverse is as good as it. */
function readFactors(reader: EstimatorReader, n: number): Matrix {
  const { rowCount, columnCount, values: lower } = toMatrix(reader.value('L_'), reader.place, 'L_')
  if (rowCount !== n || columnCount !== n) throw reader.corrupt('L_', `${n} rows and columns`, `${rowCount}`)
  const roots = reader.finiteNumbers('W_sr_', n)
  const values = new Float64Array(n * n)
  for (let column = 0; column < n; column++) {
    for (let row = column; row < n; row++) {
      let sum = row === column ? 1 : 0
      for (let k = column; k < row; k++) sum -= lower[row * n + k] * values[column * n + k]
      values[column * n + row] = sum / lower[row * n + row]
    }
  }
  for (let at = 0; at < values.length; at++) values[at] *= roots[Math.floor(at / n)]
  return values.every(Number.isFinite) ? { rowCount: n, columnCount: n, values } : reader.fail('L_', 'a factor')
}
