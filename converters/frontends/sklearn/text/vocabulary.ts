// A vocabulary_ as a vectorizer keeps it in; its terms in the order of their columns out.

import { mostTextColumns } from '../../../../src/artifact/text-columns.ts'
import { PyDict, PyObject } from '../../../formats/pickle/values.ts'
import { type EstimatorReader, toNumber } from '../estimator-reader.ts'
import { tooManyTerms } from '../feature-record.ts'

/** @throws FILE_CORRUPT where it does not number its terms from 0; LIMIT_EXCEEDED */
export function readVocabulary(reader: EstimatorReader): readonly string[] {
  const value = reader.value('vocabulary_')
  const entries = value instanceof PyDict ? value.entries : value instanceof PyObject ? value.entries : undefined
  if (entries === undefined || entries.length === 0) return reader.fail('vocabulary_', 'a dict of terms')
  if (entries.length > mostTextColumns) throw tooManyTerms(reader.place, entries.length)
  const terms = new Array<string | undefined>(entries.length).fill(undefined)
  for (const [term, value] of entries) {
    const column = toNumber(value)
    const isFree = column !== undefined && column in terms && terms[column] === undefined
    if (typeof term !== 'string' || !isFree)
      return reader.fail('vocabulary_', 'texts, each with a number of its own from 0')
    terms[column] = term
  }
  return terms as readonly string[]
}
