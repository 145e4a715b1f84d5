// A fitted SplineTransformer in; the values of each column's B-splines out.

import { NdArray, PyDict, PyObject, type PyValue } from '../../../formats/pickle/values.ts'
import { describeValue, type EstimatorReader, toNumbers } from '../estimator-reader.ts'
import { defineEstimator, isSince } from '../estimator-spec.ts'
import { unsupported } from '../place.ts'

const extrapolations = ['error', 'constant', 'linear', 'continue', 'periodic'] as const
const isExtrapolation = (name: string): name is (typeof extrapolations)[number] =>
  (extrapolations as readonly string[]).includes(name)

export const splineTransformer = defineEstimator({
  names: ['SplineTransformer'],
  role: 'transformer',
  notes: 'any knots and degree, every extrapolation (outside the knots, error gives NaN), missing as zeros',
  reads: ['bsplines_', 'degree', 'extrapolation', 'include_bias', 'sparse_output', 'handle_missing'],
  ignored: {
    n_knots: 'fitted into bsplines_',
    knots: 'fitted into bsplines_',
    order: 'memory only',
    n_features_out_: 'counted from the splines',
  },
  transform(reader, input, { builder }) {
    const { place } = reader
    const extrapolation = reader.string('extrapolation')
    if (!isExtrapolation(extrapolation))
      throw unsupported(place, `extrapolation=${extrapolation}`, `Supported are ${extrapolations.join(', ')}.`)
    const takesMissing = reader.valueOr('handle_missing', 'error') === 'zeros'
    builder.takeNumbers(input.columns, place, { nan: takesMissing, infinite: takesMissing })
    const degree = reader.count('degree')
    if (degree > 100) throw unsupported(place, `degree=${degree}`, 'Supported are degrees up to 100.')
    const rows = reader.list('bsplines_').map((spline) => readKnots(spline, degree, reader))
    if (rows.length !== input.columns.length)
      throw reader.corrupt('bsplines_', `${input.columns.length} splines`, `${rows.length}`)
    const knotCount = rows[0]?.length ?? 0
    if (rows.length === 0) return { columns: [], isSparse: false }
    if (rows.some(({ length }) => length !== knotCount || length < 2 * degree + 2))
      return reader.fail('bsplines_', 'splines of equally many knots')
    // later versions give such a column the splines at 0
    if (
      extrapolation === 'periodic' &&
      !isSince(place.version, 1, 8) &&
      rows.some((row) => isWithoutPeriod(row, degree))
    )
      throw unsupported(place, 'a column that was constant in training, which becomes NaN,', 'Drop the column.')
    const region = {
      kind: 'splines',
      inputs: input.columns.map(({ ref }) => ref),
      knots: rows.flatMap((row) => Array.from(row)),
      knotCount,
      degree,
      extrapolation,
      includeBias: reader.boolean('include_bias'),
    } as const
    const columns = builder.compute(region, input.columns, takesMissing ? 0 : Number.NaN)
    return { columns, isSparse: reader.has('sparse_output') && reader.boolean('sparse_output') }
  },
})

function isWithoutPeriod(knots: Float64Array, degree: number): boolean {
  return knots[degree] === knots[knots.length - degree - 1]
}

/** The state of a scipy.interpolate.BSpline whose coefficients are one function each. */
function readKnots(spline: PyValue, degree: number, reader: EstimatorReader): Float64Array {
  const state = spline instanceof PyObject && spline.name === 'BSpline' ? spline.state : undefined
  const attribute = (name: string): PyValue | undefined =>
    state instanceof PyDict ? (state.get(name) ?? state.get(`_${name}`)) : undefined
  const knots = toNumbers(attribute('t'))
  if (knots === undefined || !knots.every((knot, i) => Number.isFinite(knot) && (i === 0 || knot >= knots[i - 1])))
    throw reader.corrupt('bsplines_', 'splines of ascending knots', describeValue(attribute('t') ?? spline))
  if (attribute('k') !== degree)
    throw reader.corrupt('bsplines_', `splines of degree ${degree}`, describeValue(attribute('k')))
  const coefficients = attribute('c')
  const count = knots.length - degree - 1
  if (!(coefficients instanceof NdArray) || coefficients.shape.length !== 2 || coefficients.shape[0] !== count)
    throw reader.corrupt('bsplines_', `coefficients of ${count} functions`, describeValue(coefficients))
  return knots
}
