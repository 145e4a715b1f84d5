// Vectorizers of texts and dicts: their specs.

import type { EstimatorSpec } from '../estimator-spec.ts'

export const textTable: readonly EstimatorSpec[] = []
