// The encoder that HistGradientBoosting 1.4 and later keeps for its categorical columns in; the columns its trees read out.

import { PyDict, PyObject, type PyValue } from '../../formats/pickle/values.ts'
import { describeValue, type EstimatorReader } from './estimator-reader.ts'
import type { Scope } from './estimator-spec.ts'
import type { ColumnSet } from './columns.ts'
import { selectColumns } from './column-selection.ts'
import { pathWithin } from './place.ts'
import { joinColumns } from './weigh-columns.ts'

/** Categorical columns come first, encoded; numeric ones follow as they are. */
export function preprocessColumns(reader: EstimatorReader, input: ColumnSet, scope: Scope): ColumnSet {
  const preprocessor = reader.valueOr('_preprocessor', null)
  if (preprocessor === null) return input
  const transformers =
    preprocessor instanceof PyObject && preprocessor.state instanceof PyDict
      ? preprocessor.state.get('transformers_')
      : undefined
  if (!Array.isArray(transformers)) return reader.fail('_preprocessor', 'a ColumnTransformer')
  const parts = transformers.flatMap((entry): ColumnSet[] => {
    const [name, value, selection] = entryOf(entry)
    if (selection === undefined || (name !== 'encoder' && name !== 'numerical' && name !== 'remainder')) {
      throw reader.corrupt('_preprocessor', 'an encoder and numerical columns', describeValue(name))
    }
    const columns = selectColumns(selection, input, { reader, transformer: String(name) })
    if (columns.columns.length === 0 || name === 'remainder') return []
    // The other part only checks its columns.
    return [name === 'encoder' ? scope.transform(value ?? null, columns, pathWithin(reader.place, 'encoder')) : columns]
  })
  return joinColumns(parts, false)
}

function entryOf(entry: PyValue): readonly (PyValue | undefined)[] {
  return Array.isArray(entry) && entry.length === 3 ? entry : []
}
