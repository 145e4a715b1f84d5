// A fitted IsotonicRegression in; straight lines between its thresholds out.

import type { EstimatorReader, KnownAttributes } from '../estimator-reader.ts'
import { defineEstimator } from '../estimator-spec.ts'
import { regressorOf } from '../regressor.ts'
import { unsupported } from '../place.ts'
import { FormulaColumns } from './formula-columns.ts'

export const isotonicAttributes: KnownAttributes = {
  reads: ['X_thresholds_', 'y_thresholds_', 'X_min_', 'X_max_', 'out_of_bounds'],
  ignored: {
    increasing: 'fitted into the thresholds',
    increasing_: 'fitted into the thresholds',
    y_min: 'fitted into the thresholds',
    y_max: 'fitted into the thresholds',
    f_: 'made of the thresholds',
  },
}

/** Settings of `linear-pieces`. Source: sklearn/isotonic.py of 1.9.1, `_build_f`, which is numpy.interp. */
export function readPieces(reader: EstimatorReader): number[] {
  const xs = reader.finiteNumbers('X_thresholds_')
  const ys = reader.finiteNumbers('y_thresholds_', xs.length)
  if (xs.length === 0 || xs.some((x, i) => i > 0 && !(xs[i - 1] <= x)))
    throw reader.corrupt('X_thresholds_', 'ascending numbers', 'others')
  return Array.from(xs).flatMap((x, i) => [x, ys[i]])
}

export const isotonicRegression = defineEstimator({
  names: ['IsotonicRegression'],
  role: 'regressor',
  notes: 'one feature; outside the fitted range clipped, or no answer (out_of_bounds)',
  ...isotonicAttributes,
  predict(reader, input, { builder }) {
    if (input.columns.length !== 1)
      throw reader.corrupt('X_thresholds_', 'one feature', `${input.columns.length} columns`)
    builder.takeNumbers(input.columns, reader.place, { nan: false, infinite: false })
    const formulas = new FormulaColumns(builder)
    const pieces = readPieces(reader)
    const column = input.columns.map(({ ref }) => ref)
    const outOfBounds = reader.string('out_of_bounds')
    if (outOfBounds === 'clip') {
      const range = [reader.finite('X_min_'), reader.finite('X_max_')]
      return regressorOf(formulas.map(formulas.map(column, 'clip', ...range), 'linear-pieces', ...pieces))
    }
    if (outOfBounds !== 'nan' && outOfBounds !== 'raise')
      throw unsupported(reader.place, `out_of_bounds=${outOfBounds}`, 'Supported are clip, nan and raise.')
    // A single threshold is a constant everywhere: sklearn/isotonic.py, `_build_f`.
    const known = pieces.length > 2 ? formulas.map(column, 'within', pieces[0], pieces[pieces.length - 2]) : column
    return regressorOf(formulas.map(known, 'linear-pieces', ...pieces))
  },
})
