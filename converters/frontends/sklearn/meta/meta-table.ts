// Estimators made of estimators: their specs.

import type { EstimatorSpec } from '../estimator-spec.ts'

export const metaTable: readonly EstimatorSpec[] = []
