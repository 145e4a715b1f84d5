// A fitted OrdinalEncoder in; an ordinal region out.

import { type Ordinal, type OrdinalColumn, ordinalValue } from '../../../src/regions/ordinal.ts'
import { PyDict, type PyValue } from '../../formats/pickle/values.ts'
import { declareUnknown, readCategoryKeys, readInfrequentMappings } from './encoder-categories.ts'
import { type EstimatorReader, toNumber } from './estimator-reader.ts'
import { defineEstimator } from './estimator-spec.ts'
import type { Column } from './columns.ts'
import { dtypeName } from './one-hot-encoder.ts'
import { unsupported } from './place.ts'
import { isMissingScalar } from './simple-imputer.ts'

export const ordinalEncoder = defineEstimator({
  names: ['OrdinalEncoder'],
  role: 'transformer',
  notes: 'handle_unknown, unknown_value, encoded_missing_value, infrequent categories',
  reads: [
    'categories_',
    'handle_unknown',
    'unknown_value',
    'encoded_missing_value',
    'dtype',
    '_infrequent_enabled',
    '_default_to_infrequent_mappings',
    '_missing_indices',
  ],
  ignored: {
    categories: 'fitted into categories_',
    min_frequency: 'fitted into the grouping of infrequent categories',
    max_categories: 'fitted into the grouping of infrequent categories',
    _infrequent_indices: 'the mappings say the same',
  },
  transform(reader, input, scope) {
    const cast = readCast(reader)
    const handling = reader.string('handle_unknown')
    if (handling !== 'error' && handling !== 'use_encoded_value') {
      throw unsupported(reader.place, `handle_unknown=${handling}`, 'Supported are error and use_encoded_value.')
    }
    // An encoder that refuses unknown values never gives this one; NaN keeps a mistake visible.
    const unknownValue = handling === 'error' ? Number.NaN : cast(readCode(reader, 'unknown_value'))
    const missingCode = cast(readCode(reader, 'encoded_missing_value'))
    const keys = readCategoryKeys(reader, input, scope)
    const mappings = readInfrequentMappings(reader, keys.length)
    const missingIndices = readMissingIndices(reader)
    const columns = keys.map((list, i): OrdinalColumn => {
      declareUnknown(list, input.columns[i], { scope, refuses: handling === 'error' })
      const values = list.map((_, j) => {
        if (missingIndices.get(i) === j) return missingCode
        const code = mappings[i] === undefined ? j : mappings[i][j]
        if (!Number.isInteger(code) || code < 0 || code >= list.length) {
          throw reader.corrupt('_default_to_infrequent_mappings', 'group numbers', String(code))
        }
        return cast(code)
      })
      return { keys: list, values, unknownValue }
    })
    const region: Ordinal = { kind: 'ordinal', inputs: input.columns.map(({ ref }) => ref), columns }
    const number = scope.builder.add(region)
    const output = input.columns.map(({ feature, from, missing }, column): Column => {
      const ref = { region: number, column }
      return { ref, feature, ...(from && { from }), domain: 'number', missing: ordinalValue(region, column, missing) }
    })
    return { columns: output, isSparse: false }
  },
})

/** Per column, which category is NaN. None and pandas.NA, although missing too, keep ordinary codes. */
function readMissingIndices(reader: EstimatorReader): ReadonlyMap<PyValue, PyValue> {
  const indices = reader.value('_missing_indices')
  return indices instanceof PyDict ? new Map(indices.entries) : reader.fail('_missing_indices', 'a dict')
}

function readCode(reader: EstimatorReader, name: string): number {
  const value = reader.valueOr(name, Number.NaN)
  if (isMissingScalar(value)) return Number.NaN
  return toNumber(value) ?? reader.fail(name, 'a number')
}

/** What writing a code into an array of the encoder's dtype makes of it. */
function readCast(reader: EstimatorReader): (code: number) => number {
  const name = dtypeName(reader.valueOr('dtype', 'float64'))
  if (/^(float64|float_?|double|f8|d)$/.test(name)) return (code) => code
  if (/^(float32|single|f4)$/.test(name)) return Math.fround
  if (/^(int(32|64|_|p|c)?|i[48]|long|longlong)$/.test(name)) return Math.trunc
  throw unsupported(reader.place, `dtype=${name}`, 'Supported are float64, float32, int64 and int32.')
}
