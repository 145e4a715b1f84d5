// A fitted TfidfVectorizer in; the counts of a CountVectorizer, weighed by its TfidfTransformer, out.

import { defineEstimator } from '../estimator-spec.ts'
import { pathWithin } from '../place.ts'
import { analyzerIgnored, analyzerReads, countTerms, readAnalyzer } from './text-analyzer.ts'
import { readVocabulary } from './vocabulary.ts'

export const tfidfVectorizer = defineEstimator({
  names: ['TfidfVectorizer'],
  role: 'transformer',
  notes: 'as CountVectorizer and TfidfTransformer',
  reads: [...analyzerReads, 'vocabulary_', '_tfidf'],
  ignored: {
    ...analyzerIgnored,
    norm: '_tfidf has it',
    use_idf: '_tfidf has it',
    smooth_idf: 'fitted into the weights',
    sublinear_tf: '_tfidf has it',
  },
  inputNames: () => ['text'],
  transform(reader, input, scope) {
    const counts = countTerms(input, { ...readAnalyzer(reader), names: readVocabulary(reader) }, { reader, scope })
    return scope.transform(reader.value('_tfidf'), counts, pathWithin(reader.place, '_tfidf'))
  },
})
