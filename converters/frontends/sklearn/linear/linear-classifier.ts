// A fitted LinearSVC, Perceptron or PassiveAggressiveClassifier in; a dense chain of one layer, whose columns are its scores, out.

import { readClasses } from '../class-labels.ts'
import { addDenseChain } from '../dense-output.ts'
import { defineEstimator } from '../estimator-spec.ts'
import { readScoreLayer } from './class-scores.ts'
import { scoredClassifier } from './scored-classifier.ts'
import { stochasticIgnored } from './stochastic-ignored.ts'

export const linearClassifier = defineEstimator({
  names: ['LinearSVC', 'Perceptron', 'PassiveAggressiveClassifier'],
  role: 'classifier',
  notes: 'label and scores, two and more classes',
  reads: ['coef_', 'intercept_', 'classes_'],
  ignored: {
    ...stochasticIgnored,
    loss: 'fitted into coef_',
    multi_class: 'fitted into coef_',
  },
  predict(reader, input, scope) {
    const classes = readClasses(reader)
    const layer = readScoreLayer(reader, classes, { input, scope })
    const output = addDenseChain([layer], input, { builder: scope.builder, place: reader.place })
    return scoredClassifier(output, classes)
  },
})
