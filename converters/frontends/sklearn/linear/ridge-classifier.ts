// A fitted RidgeClassifier or RidgeClassifierCV in; a dense chain of one layer, whose columns are its scores, out.

import type { LabelTarget } from '../../../../src/artifact/head.ts'
import { readClasses } from '../class-labels.ts'
import { addDenseChain } from '../dense-output.ts'
import { EstimatorReader } from '../estimator-reader.ts'
import { defineEstimator } from '../estimator-spec.ts'
import { readLinearLayer } from '../linear-layer.ts'
import { attributeReasons } from './attribute-reasons.ts'
import { readScoreLayer } from './class-scores.ts'
import { ridgeSearchIgnored } from './ridge-cv.ts'
import { scoredClassifier } from './scored-classifier.ts'

/** Source: sklearn/linear_model/_ridge.py of 1.9.1, `_RidgeClassifierMixin.predict`. */
export const ridgeClassifier = defineEstimator({
  names: ['RidgeClassifier', 'RidgeClassifierCV'],
  role: 'classifier',
  notes: 'label and scores; two and more classes, several yes/no labels',
  reads: ['coef_', 'intercept_', '_label_binarizer'],
  ignored: {
    ...ridgeSearchIgnored,
    ...attributeReasons({
      '_label_binarizer says the same': 'classes_',
      'fitted into coef_': 'alpha class_weight normalize _normalize positive',
      'training only': 'max_iter random_state solver tol',
      'training state': 'n_iter_ solver_',
      'memory only': 'copy_X',
    }),
  },
  predict(reader, input, scope) {
    const binarizer = openBinarizer(reader)
    const classes = readClasses(binarizer)
    const target = { builder: scope.builder, place: reader.place }
    if (!binarizer.string('y_type_').startsWith('multilabel')) {
      const layer = readScoreLayer(reader, classes, { input, scope })
      return scoredClassifier(addDenseChain([layer], input, target), classes)
    }
    scope.builder.takeNumbers(input.columns, reader.place, { nan: false, infinite: false })
    const layer = readLinearLayer(reader, input)
    const targets = Array.from({ length: layer.outputWidth }, (_, start): LabelTarget => {
      const column = { start, width: 1 }
      return { classes: [0, 1], label: column, scores: column }
    })
    return {
      kind: 'classifier',
      output: addDenseChain([layer], input, target),
      head: { kind: 'labels', targets },
      outputs: ['label', 'scores'],
      classes: targets.map((one) => one.classes),
    }
  },
})

function openBinarizer(reader: EstimatorReader): EstimatorReader {
  return new EstimatorReader(reader.object('_label_binarizer', 'LabelBinarizer'), reader.place, {
    reads: ['classes_', 'y_type_'],
    ignored: attributeReasons({ 'of the training labels only': 'neg_label pos_label sparse_input_ sparse_output' }),
  })
}
