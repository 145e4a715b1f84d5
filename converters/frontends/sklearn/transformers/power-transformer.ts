// A fitted PowerTransformer in; each column by its power, standardized where asked, out.

import type { ColumnFunctionName } from '../../../../src/regions/formula/column-functions.ts'
import { defineEstimator, isSince } from '../estimator-spec.ts'
import { pathWithin, unsupported } from '../place.ts'
import { mapColumns } from './map-columns.ts'

/** Source: scikit-learn 1.9, preprocessing/_data.py, `PowerTransformer.transform`. */
export const powerTransformer = defineEstimator({
  names: ['PowerTransformer'],
  role: 'transformer',
  notes: 'yeo-johnson, box-cox (numbers that are not above 0 give NaN), standardize',
  reads: ['lambdas_', 'method', 'standardize', '_scaler'],
  ignored: { copy: 'memory only' },
  transform(reader, input, scope) {
    const { place } = reader
    scope.builder.takeNumbers(input.columns, place, { nan: true, infinite: false })
    const lambdas = reader.numbers('lambdas_', input.columns.length)
    if (!lambdas.every(Number.isFinite))
      throw unsupported(place, 'a power that is no number, of a column that was empty in training,', 'Drop the column.')
    const name = functionOf(reader.string('method'), isSince(place.version, 1, 9))
    if (name === undefined)
      throw unsupported(place, `method=${reader.string('method')}`, 'Supported are yeo-johnson and box-cox.')
    const functions = Array.from(lambdas, (lambda) => ({ name, settings: [lambda] }))
    const columns = { columns: mapColumns(functions, input, scope), isSparse: false }
    if (!reader.boolean('standardize')) return columns
    return scope.transform(reader.value('_scaler'), columns, pathWithin(place, 'scaler'))
  },
})

function functionOf(method: string, isStable: boolean): ColumnFunctionName | undefined {
  if (method === 'box-cox') return 'box-cox'
  if (method === 'yeo-johnson') return isStable ? 'yeo-johnson' : 'yeo-johnson-power'
  return undefined
}
