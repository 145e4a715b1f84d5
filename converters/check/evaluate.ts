// Rows with known truth and a model's answers in, how often or how nearly it was right out.

import type { Decision, Evaluation } from '../../src/artifact/metadata.ts'
import { createError } from '../../src/errors.ts'
import type { Head } from '../../src/artifact/head.ts'
import type { Answer } from '../../src/rows/prediction.ts'
import { shownValue } from '../../src/rows/shown-value.ts'
import { flat } from './answer-difference.ts'
import { labelsOf, targetClasses } from './answer-shape.ts'
import { isRecord } from './golden-rows.ts'
import { assertTruth } from './truth.ts'

export type EvaluationRows = {
  readonly rows: readonly unknown[]
  readonly truth: readonly unknown[]
  /** Makes a yes or no of a regressor's value and truth, so that it has an accuracy. */
  readonly decision?: Decision
  /** What the source framework answered, as golden rows have it: its accuracy is then measured on these. */
  readonly expected?: Readonly<Record<string, unknown>>
}

/** @throws INPUT_INVALID where the form is not { rows, truth, decision? } with one truth a row, or the model gives nothing like it */
export function readEvaluation(evaluation: unknown, head: Head): EvaluationRows {
  if (!isRecord(evaluation) || !Array.isArray(evaluation['rows']) || !Array.isArray(evaluation['truth']))
    throw createError('INPUT_INVALID', `evaluation must be { "rows": […], "truth": […] }, got ${formOf(evaluation)}`)
  const rows: readonly unknown[] = evaluation['rows']
  const truth: readonly unknown[] = evaluation['truth']
  if (rows.length === 0 || rows.length !== truth.length)
    throw createError(
      'INPUT_INVALID',
      `evaluation must have one truth a row, got ${rows.length} rows and ${truth.length}`,
    )
  assertTruth(truth, head)
  const decision = evaluation['decision']
  if (decision === undefined) return { rows, truth }
  if (targetClasses(head) !== undefined)
    throw createError('INPUT_INVALID', 'evaluation.decision is for models that give a value; this one gives labels')
  return { rows, truth, decision: readDecision(decision) }
}

function formOf(value: unknown): string {
  return isRecord(value) ? `an object with ${Object.keys(value).join(', ') || 'nothing in it'}` : shownValue(value)
}

function readDecision(decision: unknown): Decision {
  const threshold = isRecord(decision) ? decision['threshold'] : undefined
  if (typeof threshold === 'number' && Number.isFinite(threshold)) return { threshold }
  throw createError('INPUT_INVALID', 'evaluation.decision must be { "threshold": a finite number }')
}

/**
 * Labels count as right where all targets are, as scikit-learn's own score does; values give rmse and r2, and with a
 * decision the share of rows where all values are on the truth's side of its threshold. `readEvaluation` has seen that the
 * truth is of the model's kind.
 */
export function evaluate(answers: readonly Answer[], truth: readonly unknown[], decision?: Decision): Evaluation {
  const rowCount = answers.length
  if (answers.every(({ label }) => label !== undefined)) {
    const right = answers.filter(({ label }, row) => isSame(label, truth[row])).length
    return { rowCount, accuracy: right / rowCount }
  }
  const wanted = truth.map((value) => labelsOf(value) as readonly number[])
  const given = answers.map(({ value }) => flat(value))
  let squares = 0
  let count = 0
  let unexplained = 0
  const width = wanted[0].length
  for (let column = 0; column < width; column++) {
    const mean = wanted.reduce((sum, values) => sum + values[column], 0) / rowCount
    const residual = wanted.reduce((sum, values, row) => sum + (values[column] - given[row][column]) ** 2, 0)
    const spread = wanted.reduce((sum, values) => sum + (values[column] - mean) ** 2, 0)
    squares += residual
    count += rowCount
    // Of constant truth nothing can be explained; scikit-learn gives 1 for a perfect fit and 0 for any other.
    unexplained += spread > 0 ? residual / spread : residual > 0 ? 1 : 0
  }
  const errors = { rmse: Math.sqrt(squares / count), r2: 1 - unexplained / width }
  if (decision === undefined) return { rowCount, ...errors }
  const isYes = (value: number): boolean => value >= decision.threshold
  const right = wanted.filter((values, row) => values.every((value, i) => isYes(value) === isYes(given[row][i]))).length
  return { rowCount, accuracy: right / rowCount, decision, ...errors }
}

function isSame(label: Answer['label'], truth: unknown): boolean {
  const wanted = labelsOf(truth)
  return labelsOf(label).every((each, target) => each === wanted[target])
}
