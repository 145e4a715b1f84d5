// A HashingVectorizer in; columns that count the terms of a text by their hash out.

import { defineEstimator } from '../estimator-spec.ts'
import { normalizeTerms } from './normalize-terms.ts'
import { analyzerIgnored, analyzerReads, countTerms, readAnalyzer } from './text-analyzer.ts'

/** Source: sklearn/feature_extraction/text.py of 1.9.1, `HashingVectorizer.transform`. */
export const hashingVectorizer = defineEstimator({
  names: ['HashingVectorizer'],
  role: 'transformer',
  notes:
    'as CountVectorizer; n_features up to 2**20, the default: beyond 2**17 a model follows in which at most so many columns differ from untouched ones',
  reads: [...analyzerReads, 'n_features', 'alternate_sign', 'norm'],
  ignored: {
    encoding: analyzerIgnored.encoding,
    decode_error: analyzerIgnored.decode_error,
    _stop_words_id: analyzerIgnored._stop_words_id,
  },
  inputNames: () => ['text'],
  transform(reader, input, scope) {
    const names = reader.count('n_features')
    if (names < 1) return reader.fail('n_features', 'a count from 1')
    const counting = { ...readAnalyzer(reader), names, signed: reader.boolean('alternate_sign') }
    return normalizeTerms(countTerms(input, counting, { reader, scope }), reader, scope)
  },
})
