// A fitted PolynomialFeatures in; products of the columns out.

import { isFeasible } from '../../../../src/regions/formula/polynomial.ts'
import { createError } from '../../../../src/errors.ts'
import { defineEstimator } from '../estimator-spec.ts'
import { describePlace } from '../place.ts'

export const polynomialFeatures = defineEstimator({
  names: ['PolynomialFeatures'],
  role: 'transformer',
  notes: 'degree or (min, max), interaction_only, include_bias',
  reads: ['_min_degree', '_max_degree', 'interaction_only', 'include_bias', 'n_output_features_'],
  ignored: {
    degree: 'fitted into _min_degree and _max_degree',
    order: 'memory only',
    _n_out_full: 'counted from the columns',
  },
  transform(reader, input, { builder }) {
    builder.takeNumbers(input.columns, reader.place, { nan: false, infinite: false })
    const region = {
      kind: 'polynomial',
      inputs: input.columns.map(({ ref }) => ref),
      minDegree: reader.count('_min_degree'),
      maxDegree: reader.count('_max_degree'),
      interactionOnly: reader.boolean('interaction_only'),
      includeBias: reader.boolean('include_bias'),
    } as const
    const { minDegree, maxDegree, interactionOnly } = region
    if (minDegree > maxDegree) return reader.fail('_min_degree', `at most ${maxDegree}`)
    if (!isFeasible(input.columns.length, maxDegree, interactionOnly))
      throw createError(
        'LIMIT_EXCEEDED',
        `${describePlace(reader.place)}: degree ${maxDegree} of ${input.columns.length} columns makes more than a million terms.`,
      )
    const columns = builder.compute(region, input.columns)
    const fitted = reader.count('n_output_features_')
    if (fitted !== columns.length)
      throw reader.corrupt(
        'n_output_features_',
        `${columns.length} terms of ${input.columns.length} columns`,
        `${fitted}`,
      )
    return { columns, isSparse: input.isSparse }
  },
})
