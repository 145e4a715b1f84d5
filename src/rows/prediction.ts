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

/**
 * The answer as its caller gets it. Every row pays for it: a spread costs ten times as much, and fields added one by one
 * half as much again, so what models give is written out.
 */
export function predictionOf({ model, version, source }: Origin, answer: Answer): Prediction {
  const { label, probabilities, scores, value } = answer
  if (answer.vector === undefined && answer.outputs === undefined) {
    if (label !== undefined && probabilities !== undefined && value === undefined)
      return scores === undefined
        ? { model, version, source, label, probabilities }
        : { model, version, source, label, probabilities, scores }
    if (value !== undefined && label === undefined && probabilities === undefined && scores === undefined)
      return { model, version, source, value }
  }
  const prediction: Writable<Prediction> = { model, version, source }
  return copyAnswer(answer, prediction)
}

/** The answer in a prediction, for those who keep it; of the shape that a decoder gives, so that V8 sees one. */
export function answerOf(prediction: Prediction): Answer {
  const { label, probabilities, scores, value } = prediction
  if (prediction.vector === undefined && prediction.outputs === undefined) {
    if (label !== undefined && probabilities !== undefined && value === undefined)
      return scores === undefined ? { label, probabilities } : { label, probabilities, scores }
    if (value !== undefined && label === undefined && probabilities === undefined && scores === undefined)
      return { value }
  }
  return copyAnswer(prediction, {})
}

function copyAnswer<TInto extends Writable<Answer>>(from: Answer, into: TInto): TInto {
  if (from.label !== undefined) into.label = from.label
  if (from.probabilities !== undefined) into.probabilities = from.probabilities
  if (from.scores !== undefined) into.scores = from.scores
  if (from.value !== undefined) into.value = from.value
  if (from.vector !== undefined) into.vector = from.vector
  if (from.outputs !== undefined) into.outputs = from.outputs
  return into
}

/** An object by feature name, or values in the order of the schema; of a model whose one feature is a text, that text. */
export type Row =
  | Readonly<Record<string, unknown>>
  | readonly unknown[]
  | Float64Array
  | Float32Array
  | Int32Array
  | string
