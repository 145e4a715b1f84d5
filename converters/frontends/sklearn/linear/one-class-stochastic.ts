// A fitted SGDOneClassSVM in; its score, and the label 1 inside and −1 outside, out.

import { addDenseChain } from '../dense-output.ts'
import { defineEstimator } from '../estimator-spec.ts'
import { transpose } from '../dense-output.ts'
import { toMatrix } from '../estimator-reader.ts'
import { scoredClassifier } from './scored-classifier.ts'
import { stochasticIgnored } from './stochastic-ignored.ts'

/** Source: sklearn/linear_model/_stochastic_gradient.py of 1.9.1, `SGDOneClassSVM.decision_function` and `predict`: X · coef_ᵀ − offset_, inside where it is 0 or more. */
export const oneClassStochastic = defineEstimator({
  names: ['SGDOneClassSVM'],
  role: 'classifier',
  notes: 'label 1 inside and -1 outside, and the score',
  reads: ['coef_', 'offset_'],
  ignored: { ...stochasticIgnored, loss: 'fitted into coef_' },
  predict(reader, input, scope) {
    scope.builder.takeNumbers(input.columns, reader.place, { nan: false, infinite: false })
    const coefficients = toMatrix(reader.value('coef_'), reader.place, 'coef_')
    const width = input.columns.length
    if (coefficients.rowCount !== 1 || coefficients.columnCount !== width)
      throw reader.corrupt('coef_', `${width} numbers`, `${coefficients.rowCount} by ${coefficients.columnCount}`)
    const [offset] = reader.finiteNumbers('offset_', 1)
    const layer = {
      inputWidth: width,
      outputWidth: 1,
      weights: transpose(coefficients),
      bias: Float64Array.of(-offset),
      activation: 'identity',
    } as const
    const output = addDenseChain([layer], input, { builder: scope.builder, place: reader.place })
    return scoredClassifier(output, [-1, 1], { tie: 'second' })
  },
})
