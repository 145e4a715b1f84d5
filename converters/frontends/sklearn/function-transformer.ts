// A FunctionTransformer in; the columns as they are out, where it has no function.

import { describeValue } from './estimator-reader.ts'
import { defineEstimator } from './estimator-spec.ts'
import { unsupported } from './place.ts'

export const functionTransformer = defineEstimator({
  names: ['FunctionTransformer'],
  role: 'transformer',
  notes: 'func=None only, which is how passthrough is stored',
  reads: ['func', 'validate'],
  ignored: {
    inverse_func: 'not part of a prediction',
    accept_sparse: 'container of the input',
    check_inverse: 'training only',
    feature_names_out: 'names of the outputs only',
    kw_args: 'arguments of func',
    inv_kw_args: 'arguments of inverse_func',
  },
  transform(reader, input, scope) {
    const func = reader.value('func')
    if (func !== null) {
      throw unsupported(
        reader.place,
        `the function ${describeValue(func)}`,
        'A function is code, which is never run; apply it before the model instead.',
      )
    }
    if (reader.boolean('validate')) {
      scope.builder.takeNumbers(input.columns, reader.place, { nan: false, infinite: false })
    }
    return input
  },
})
