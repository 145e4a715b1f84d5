// Neighbours, naive Bayes, discriminants, clusters and mixtures: their specs.

import type { EstimatorSpec } from '../estimator-spec.ts'

export const instanceTable: readonly EstimatorSpec[] = []
