// Transformers of numbers and categories: their specs.

import type { EstimatorSpec } from '../estimator-spec.ts'
import { pca } from './pca.ts'

export const transformerTable: readonly EstimatorSpec[] = [pca]
