// A fitted CountVectorizer in; columns that count the terms of a text out.

import { defineEstimator } from '../estimator-spec.ts'
import { analyzerIgnored, analyzerReads, countTerms, readAnalyzer } from './text-analyzer.ts'
import { readVocabulary } from './vocabulary.ts'

export const countVectorizer = defineEstimator({
  names: ['CountVectorizer'],
  role: 'transformer',
  notes: 'words, characters, n-grams, stop words, accents; a row holds the text; no Python functions',
  reads: [...analyzerReads, 'vocabulary_'],
  ignored: analyzerIgnored,
  inputNames: () => ['text'],
  transform(reader, input, scope) {
    return countTerms(input, { ...readAnalyzer(reader), names: readVocabulary(reader) }, { reader, scope })
  },
})
