// A FunctionTransformer in; the columns, each number by its function, out.

import type { ColumnFunctionName } from '../../../src/regions/formula/column-functions.ts'
import { PyDict, PyGlobal, type PyValue } from '../../formats/pickle/values.ts'
import { describeValue, type EstimatorReader } from './estimator-reader.ts'
import { defineEstimator } from './estimator-spec.ts'
import { unsupported } from './place.ts'
import { mapColumns } from './transformers/map-columns.ts'

/** Functions of numpy and scipy.special, by their names there. */
const functions: ReadonlyMap<string, ColumnFunctionName> = new Map([
  ...(
    [
      'absolute arccos arccosh arcsin arcsinh arctan arctanh cbrt ceil cos cosh deg2rad exp exp2 expm1 floor isfinite isinf',
      'isnan log log10 log1p log2 logit nan_to_num negative rad2deg reciprocal rint sign sin sinh sqrt square tan tanh trunc',
    ] as const
  )
    .flatMap((names) => names.split(' '))
    .map((name) => [name, name as ColumnFunctionName] as const),
  ['abs', 'absolute'],
  ['fabs', 'absolute'],
  ['around', 'rint'],
  ['round', 'rint'],
  ['degrees', 'rad2deg'],
  ['radians', 'deg2rad'],
  ['expit', 'sigmoid'],
  ['positive', 'identity'],
])

export const functionTransformer = defineEstimator({
  names: ['FunctionTransformer'],
  role: 'transformer',
  notes: 'functions of one number of numpy and scipy.special (log1p, sqrt, expit …) on 64-bit floats, without kw_args',
  reads: ['func', 'validate', 'kw_args'],
  ignored: {
    inverse_func: 'not part of a prediction',
    accept_sparse: 'container of the input',
    check_inverse: 'training only',
    feature_names_out: 'names of the outputs only',
    inv_kw_args: 'arguments of inverse_func',
  },
  transform(reader, input, scope) {
    const func = reader.value('func')
    const name = func === null ? undefined : columnFunctionOf(func, reader)
    const validates = reader.boolean('validate')
    if (validates || name !== undefined)
      scope.builder.takeNumbers(input.columns, reader.place, { nan: !validates, infinite: !validates })
    if (name === undefined) return input
    const mapped = input.columns.map(() => ({ name, settings: [] }))
    return { columns: mapColumns(mapped, input, scope), isSparse: input.isSparse }
  },
})

/** The function of one number that `func` is, called without `kwargs`. @throws UNSUPPORTED for all others */
export function columnFunctionOf(
  func: PyValue,
  reader: EstimatorReader,
  kwargs: 'kw_args' | 'inv_kw_args' = 'kw_args',
): ColumnFunctionName {
  const isKnown = func instanceof PyGlobal && /^(numpy|scipy|sklearn)(\.|$)/.test(func.module)
  const name = isKnown ? functions.get(func.name) : undefined
  if (name === undefined)
    throw unsupported(
      reader.place,
      `the function ${describeValue(func)}`,
      `A function is code, which is never run; supported are ${[...functions.keys()].join(', ')} of numpy and scipy.special. ` +
        'Apply any other before the model instead.',
    )
  const settings = reader.valueOr(kwargs, null)
  if (settings !== null && !(settings instanceof PyDict && settings.entries.length === 0))
    throw unsupported(reader.place, `${kwargs} of ${describeValue(func)}`, 'Use the function without arguments.')
  return name
}
