// What a caller gets back for one row.

import type { Scalar } from '../artifact/schema.ts'

export type PredictionSource = 'model' | 'cache' | 'fallback'

export type Prediction = {
  readonly model: string
  /** Null from a fallback without an artifact. */
  readonly version: string | null
  readonly source: PredictionSource
  /** With `source: 'fallback'`: the name of the rule that answered. */
  readonly rule?: string
  /** With `source: 'fallback'`: why the model did not answer. */
  readonly reason?: string
  /** The source's own type; an array for several targets. */
  readonly label?: Scalar | readonly Scalar[]
  /** In the order of `model.schema.classes`; one list a target for several targets. */
  readonly probabilities?: readonly number[] | readonly (readonly number[])[]
  /** scikit-learn's decision_function, or a booster's raw margin. */
  readonly scores?: readonly number[]
  readonly value?: number | readonly number[]
  /** Transformers. */
  readonly vector?: readonly number[]
  /** Tensor models: output name → nested arrays. */
  readonly outputs?: Readonly<Record<string, unknown>>
}

/** The fields that the model itself gives, without where they came from; what a cache stores. */
export type Answer = Pick<Prediction, 'label' | 'probabilities' | 'scores' | 'value' | 'vector' | 'outputs'>

/** An object by feature name, or values in the order of the schema. */
export type Row = Readonly<Record<string, unknown>> | readonly unknown[] | Float64Array | Float32Array | Int32Array
