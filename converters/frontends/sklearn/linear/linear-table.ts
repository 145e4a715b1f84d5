// Linear models and support vector machines: their specs.

import type { EstimatorSpec } from '../estimator-spec.ts'

export const linearTable: readonly EstimatorSpec[] = []
