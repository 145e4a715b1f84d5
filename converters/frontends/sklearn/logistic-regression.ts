// A fitted LogisticRegression or LogisticRegressionCV in; a dense chain of one layer out.

import { classifierOf } from './classifier.ts'
import { readClasses } from './class-labels.ts'
import { addDenseChain } from './dense-output.ts'
import type { EstimatorReader } from './estimator-reader.ts'
import { defineEstimator, isSince } from './estimator-spec.ts'
import { readLinearLayer } from './linear-layer.ts'
import { unsupported } from './place.ts'

export const logisticRegression = defineEstimator({
  names: ['LogisticRegression', 'LogisticRegressionCV'],
  role: 'classifier',
  notes: 'binary, multinomial and one-vs-rest',
  reads: ['coef_', 'intercept_', 'classes_', 'multi_class', 'solver'],
  ignored: {
    C: 'fitted into coef_',
    C_: 'fitted into coef_',
    Cs: 'training only',
    Cs_: 'training only',
    class_weight: 'fitted into coef_',
    coefs_paths_: 'training state',
    cv: 'training only',
    dual: 'training only',
    fit_intercept: 'fitted into intercept_',
    intercept_scaling: 'fitted into intercept_',
    l1_ratio: 'fitted into coef_',
    l1_ratio_: 'fitted into coef_',
    l1_ratios: 'training only',
    l1_ratios_: 'training only',
    max_iter: 'training only',
    n_iter_: 'training state',
    n_jobs: 'speed only',
    penalty: 'fitted into coef_',
    random_state: 'training only',
    refit: 'training only',
    scores_: 'training state',
    scoring: 'training only',
    tol: 'training only',
    use_legacy_attributes: 'shapes of training state',
    verbose: 'messages only',
    warm_start: 'training only',
  },
  predict(reader, input, scope) {
    const classes = readClasses(reader)
    const layer = readLinearLayer(reader, input)
    const isBinary = classes.length === 2
    if (layer.outputWidth !== (isBinary ? 1 : classes.length) || classes.length < 2) {
      throw reader.corrupt('coef_', `rows for ${classes.length} classes`, `${layer.outputWidth}`)
    }
    scope.builder.takeNumbers(input.columns, reader.place, { nan: false, infinite: false })
    const output = addDenseChain([layer], input, { builder: scope.builder, place: reader.place })
    const isOneVsRest = readOneVsRest(reader, isBinary)
    if (!isBinary) {
      return classifierOf(output, classes, { link: isOneVsRest ? 'ovr-sigmoid' : 'softmax', hasScores: true })
    }
    // softmax([−d, d]) of the multinomial binary model is sigmoid(2·d).
    return classifierOf(output, classes, { link: 'sigmoid', scale: isOneVsRest ? 1 : 2, tie: 'first', hasScores: true })
  },
})

/** The condition of LogisticRegression.predict_proba, which changed with the versions. */
function readOneVsRest(reader: EstimatorReader, isBinary: boolean): boolean {
  const { place } = reader
  // 1.8 dropped multi_class.
  const multiClass = reader.valueOr('multi_class', 'auto')
  const solver = reader.string('solver')
  switch (multiClass) {
    case 'ovr':
    case 'warn':
      return true
    case 'multinomial':
      return false
    case 'auto':
    case 'deprecated':
      return isBinary || solver === 'liblinear' || (solver === 'newton-cholesky' && !isSince(place.version, 1, 6))
    default:
      throw unsupported(place, `multi_class=${String(multiClass)}`, 'Supported are auto, ovr and multinomial.')
  }
}
