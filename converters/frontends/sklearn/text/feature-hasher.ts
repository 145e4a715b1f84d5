// A FeatureHasher of dicts in; as many columns as it hashes names to out.

import { PyDict, type PyObject } from '../../../formats/pickle/values.ts'
import { defineEstimator } from '../estimator-spec.ts'
import { unsupported } from '../place.ts'
import { fewestSlots } from '../slots/slot-block.ts'
import { assertFloat64, notFirst } from './dict-vectorizer.ts'

/** Source: sklearn/feature_extraction/_hash.py of 1.9.1, `transform`. */
export const featureHasher = defineEstimator({
  names: ['FeatureHasher'],
  role: 'transformer',
  notes: 'input_type dict, a row is the dict; n_features as HashingVectorizer',
  reads: ['dtype', 'input_type', 'n_features', 'alternate_sign'],
  ignored: {},
  inputNames: hashNames,
  transform(reader, input, scope) {
    assertFloat64(reader)
    const type = reader.string('input_type')
    if (type !== 'dict')
      throw unsupported(reader.place, `input_type=${type}`, 'Supported is dict: give each row as names and values.')
    const count = reader.count('n_features')
    const hashed = { signed: reader.boolean('alternate_sign') }
    // the hasher itself writes `name=text`
    scope.builder.readDicts({ separator: '=', hashed })
    if (count > fewestSlots) {
      if (scope.builder.records.length > 0) throw notFirst(reader)
      return scope.builder.addSlots(count, { ...hashed, place: reader.place })
    }
    const isWhole = input.columns.every(({ name, domain }, i) => name === `#${i}` && domain === 'feature')
    if (!isWhole || input.columns.length !== count) throw notFirst(reader)
    for (const column of input.columns) {
      scope.builder.takeNumbers([column], reader.place, { nan: false, infinite: false })
    }
    return { columns: input.columns, isSparse: true }
  },
})

function hashNames(estimator: PyObject): readonly string[] {
  const count = estimator.state instanceof PyDict ? estimator.state.get('n_features') : undefined
  const place = { path: '', className: estimator.name, version: 'unknown' }
  if (!Number.isSafeInteger(count) || Number(count) < 1)
    throw unsupported(place, 'n_features that is no count', 'Save a FeatureHasher as it is.')
  // those in use are found when all is read
  if (Number(count) > fewestSlots) return []
  return Array.from({ length: Number(count) }, (_, i) => `#${i}`)
}
