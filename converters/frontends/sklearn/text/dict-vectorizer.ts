// A fitted DictVectorizer in; one column a name of its vocabulary, filled from rows that are dicts, out.

import { mostTextColumns } from '../../../../src/artifact/text-columns.ts'
import { PyDict, type PyObject } from '../../../formats/pickle/values.ts'
import { type EstimatorReader, toValues } from '../estimator-reader.ts'
import { defineEstimator } from '../estimator-spec.ts'
import type { ColumnSet } from '../columns.ts'
import { dtypeName } from '../one-hot-encoder.ts'
import { unsupported } from '../place.ts'

/** Source: sklearn/feature_extraction/_dict_vectorizer.py of 1.9.1, `_transform`. */
export const dictVectorizer = defineEstimator({
  names: ['DictVectorizer'],
  role: 'transformer',
  notes: 'a row is the dict: texts, lists of texts and numbers, keys that are not there are 0',
  reads: ['dtype', 'separator', 'sparse', 'feature_names_'],
  ignored: { sort: 'fitted into feature_names_', vocabulary_: 'feature_names_ has it' },
  inputNames: featureNames,
  transform(reader, input, scope) {
    assertFloat64(reader)
    const names = toValues(reader.value('feature_names_')) ?? []
    if (!isWhole(input, names)) throw notFirst(reader)
    const separator = reader.string('separator')
    for (const column of input.columns) {
      const name = column.name ?? ''
      scope.builder.declareNumber(column, reader.place)
      // a text of the dict counts 1; a number may be anything
      if (separator !== '' && name.includes(separator)) scope.builder.declareKeys(column, [0, 1], 'ignored')
    }
    scope.builder.readDicts({ separator })
    return { columns: input.columns, isSparse: reader.boolean('sparse') }
  },
})

/** What stands for values must be doubles, as Python's own numbers are. */
export function assertFloat64(reader: EstimatorReader): void {
  const dtype = dtypeName(reader.value('dtype'))
  if (dtype !== 'float64' && dtype !== 'float')
    throw unsupported(reader.place, `dtype=${dtype}`, 'Supported is float64, the default.')
}

export function notFirst(reader: EstimatorReader): Error {
  return unsupported(
    reader.place,
    'dicts that are not the whole row',
    'Make it the first step of the pipeline, or the model itself: a row is the dict.',
  )
}

function isWhole({ columns }: ColumnSet, names: readonly unknown[]): boolean {
  return (
    columns.length === names.length && columns.every(({ name, domain }, i) => name === names[i] && domain === 'feature')
  )
}

function featureNames(estimator: PyObject): readonly string[] {
  const value = estimator.state instanceof PyDict ? estimator.state.get('feature_names_') : undefined
  const names = toValues(value) ?? []
  const isList = names.length > 0 && names.length <= mostTextColumns && new Set(names).size === names.length
  if (isList && names.every((name) => typeof name === 'string')) return names as readonly string[]
  const place = { path: '', className: estimator.name, version: 'unknown' }
  throw unsupported(
    place,
    'feature_names_ that are not distinct texts',
    `Fit it on dicts whose keys are texts, with at most ${mostTextColumns} features.`,
  )
}
