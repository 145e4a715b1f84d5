// Vectorizers of texts and dicts: their specs.

import type { EstimatorSpec } from '../estimator-spec.ts'
import { countVectorizer } from './count-vectorizer.ts'
import { dictVectorizer } from './dict-vectorizer.ts'
import { featureHasher } from './feature-hasher.ts'
import { hashingVectorizer } from './hashing-vectorizer.ts'
import { tfidfTransformer } from './tfidf-transformer.ts'
import { tfidfVectorizer } from './tfidf-vectorizer.ts'

export const textTable: readonly EstimatorSpec[] = [
  countVectorizer,
  tfidfVectorizer,
  tfidfTransformer,
  hashingVectorizer,
  dictVectorizer,
  featureHasher,
]
