// The classes_ of a classifier in; labels in the source's own type out.

import type { Scalar } from '../../../src/artifact/schema.ts'
import { NdArray, type PyValue } from '../../formats/pickle/values.ts'
import { describeValue, type EstimatorReader, toValues } from './estimator-reader.ts'
import { unsupported } from './place.ts'

/** Labels of one target. */
export function readClasses(reader: EstimatorReader, attribute = 'classes_'): Scalar[] {
  return toLabels(reader.value(attribute), reader, attribute)
}

/** Labels a target: several where the estimator was fitted on several targets. */
export function readClassLists(reader: EstimatorReader): Scalar[][] {
  const value = reader.value('classes_')
  return Array.isArray(value)
    ? value.map((list) => toLabels(list, reader, 'classes_'))
    : [toLabels(value, reader, 'classes_')]
}

function toLabels(value: PyValue, reader: EstimatorReader, attribute: string): Scalar[] {
  const values = value instanceof NdArray && value.kind !== 'S' ? toValues(value) : undefined
  if (values === undefined || values.length === 0) return reader.fail(attribute, 'a vector of labels')
  const labels = values.map((label): Scalar => {
    if (typeof label === 'string' || typeof label === 'boolean') return label
    if (typeof label === 'number' && Number.isFinite(label)) return label
    throw unsupported(
      reader.place,
      `the class label ${describeValue(label)}`,
      'Supported are texts, booleans and numbers within ±2⁵³.',
    )
  })
  if (new Set(labels).size !== labels.length) throw reader.corrupt(attribute, 'distinct labels', 'a repeated label')
  return labels
}
