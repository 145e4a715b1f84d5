// The columns that go into a step and come out of it in, what people are shown of them out.

import type { Predictor } from './estimator-spec.ts'
import type { ColumnSet } from './columns.ts'
import type { GraphBuilder } from './graph-builder.ts'

export type StepColumns = {
  readonly inputCount: number
  /** Raw features that the inputs come from, the first few of them. */
  readonly features: readonly string[]
  readonly featureCount: number
  /** A number of columns, or what a prediction has; absent where the step could not be converted. */
  readonly output?: number | readonly string[]
}

/** Called for each step of a document, by its path: before it is converted, and again after. */
export type StepListener = (path: string, columns: StepColumns) => void

/** More would not fit a line. */
const shownFeatures = 8

/** What `convert` gives, told to `listener`. */
export function listenToStep<Result extends ColumnSet | Predictor>(
  listener: StepListener | undefined,
  step: { readonly path: string; readonly input: ColumnSet; readonly builder: GraphBuilder },
  convert: () => Result,
): Result {
  if (listener === undefined) return convert()
  const { path, input, builder } = step
  const first = new Map(input.columns.map((column) => [column.feature, column]))
  const seen: StepColumns = {
    inputCount: input.columns.length,
    features: [...first.values()].slice(0, shownFeatures).map((column) => builder.nameOf(column)),
    featureCount: first.size,
  }
  listener(path, seen)
  const result = convert()
  listener(path, { ...seen, output: 'columns' in result ? result.columns.length : result.outputs })
  return result
}
