// Rows with known truth and a model's answers in, how often or how nearly it was right out.

import type { Decision, Evaluation } from '../../src/artifact/metadata.ts'
import { createError } from '../../src/errors.ts'
import type { Answer } from '../../src/rows/prediction.ts'
import { flat } from './answer-difference.ts'
import { isRecord } from './golden-rows.ts'

export type EvaluationRows = {
  readonly rows: readonly unknown[]
  readonly truth: readonly unknown[]
  /** Makes a yes or no of a regressor's value and truth, so that it has an accuracy. */
  readonly decision?: Decision
  /** What the source framework answered, as golden rows have it: its accuracy is then measured on these. */
  readonly expected?: Readonly<Record<string, unknown>>
}

/** @throws INPUT_INVALID where the form is not { rows, truth, decision? } with one truth a row */
export function readEvaluation(evaluation: unknown): EvaluationRows {
  if (isRecord(evaluation) && Array.isArray(evaluation['rows']) && Array.isArray(evaluation['truth'])) {
    const rows: readonly unknown[] = evaluation['rows']
    const truth: readonly unknown[] = evaluation['truth']
    if (rows.length > 0 && rows.length === truth.length) {
      const decision = evaluation['decision']
      return decision === undefined ? { rows, truth } : { rows, truth, decision: readDecision(decision) }
    }
    throw createError(
      'INPUT_INVALID',
      `evaluation must have one truth a row, got ${rows.length} rows and ${truth.length}`,
    )
  }
  throw createError('INPUT_INVALID', 'evaluation must be { "rows": […], "truth": […] }')
}

function readDecision(decision: unknown): Decision {
  const threshold = isRecord(decision) ? decision['threshold'] : undefined
  if (typeof threshold === 'number' && Number.isFinite(threshold)) return { threshold }
  throw createError('INPUT_INVALID', 'evaluation.decision must be { "threshold": a finite number }')
}

/**
 * Labels count as right where all targets are, as scikit-learn's own score does; values give rmse and r2, and with a
 * decision the share of rows where all values are on the truth's side of its threshold.
 * @throws INPUT_INVALID for a truth that is no number, or a decision about labels
 */
export function evaluate(answers: readonly Answer[], truth: readonly unknown[], decision?: Decision): Evaluation {
  const rowCount = answers.length
  if (answers.every(({ label }) => label !== undefined)) {
    if (decision !== undefined)
      throw createError('INPUT_INVALID', 'evaluation.decision is for models that give a value; this one gives labels')
    const right = answers.filter(({ label }, row) => isSame(label, truth[row])).length
    return { rowCount, accuracy: right / rowCount }
  }
  const wanted = truth.map((value, row) => numbersOf(value, row))
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
  if (!Array.isArray(label)) return label === (Array.isArray(truth) && truth.length === 1 ? truth[0] : truth)
  return Array.isArray(truth) && label.every((each, target) => each === truth[target])
}

function numbersOf(value: unknown, row: number): readonly number[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (list.every((each) => typeof each === 'number')) return list
  throw createError('INPUT_INVALID', `evaluation truth[${row}] must be a number, got ${JSON.stringify(value)}`, {
    details: { row },
  })
}
