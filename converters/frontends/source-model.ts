// What every frontend makes of a document: the model in our own terms, before folding and quantizing.

import type { Head } from '../../src/artifact/head.ts'
import type { ModelKind, ModelSchema } from '../../src/artifact/schema.ts'
import type { RegionGraph } from '../../src/regions/region.ts'

export type SourceModel = {
  readonly kind: ModelKind
  readonly schema: ModelSchema
  readonly head: Head
  readonly graph: RegionGraph
  readonly source: {
    /** `scikit-learn`, … */
    readonly framework: string
    /** As the file states it, or `unknown`. */
    readonly frameworkVersion: string
    /** Steps in short: `Pipeline(ColumnTransformer, GradientBoostingClassifier)`. */
    readonly estimator: string
  }
}
