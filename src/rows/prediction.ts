// What a caller gets back for one row: an answer, and where it came from.

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

/** Where an answer came from. */
export type Origin = Pick<Prediction, 'model' | 'version' | 'source'>

type Writable<Record> = { -readonly [Key in keyof Record]: Record[Key] }

/** The answer as its caller gets it. Field by field: a spread of both costs ten times as much, and every row pays it. */
export function predictionOf({ model, version, source }: Origin, answer: Answer): Prediction {
  const prediction: Writable<Prediction> = { model, version, source }
  copyAnswer(answer, prediction)
  return prediction
}

/** The answer in a prediction, for those who keep it. */
export function answerOf(prediction: Prediction): Answer {
  const answer: Writable<Answer> = {}
  copyAnswer(prediction, answer)
  return answer
}

function copyAnswer(from: Answer, into: Writable<Answer>): void {
  if (from.label !== undefined) into.label = from.label
  if (from.probabilities !== undefined) into.probabilities = from.probabilities
  if (from.scores !== undefined) into.scores = from.scores
  if (from.value !== undefined) into.value = from.value
  if (from.vector !== undefined) into.vector = from.vector
  if (from.outputs !== undefined) into.outputs = from.outputs
}

/** An object by feature name, or values in the order of the schema. */
export type Row = Readonly<Record<string, unknown>> | readonly unknown[] | Float64Array | Float32Array | Int32Array
