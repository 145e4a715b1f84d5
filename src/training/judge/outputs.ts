// Answers of a model, of a rule or of the source framework in, the one number a row that is decided about out.

import { createError, isMLError } from '../../errors.ts'
import type { FallbackRule } from '../../resilience/rules.ts'
import type { Answer, Row } from '../../rows/prediction.ts'
import type { ModelPredictor } from '../../runtime/predictor.ts'
import { jsonRow, type TrainingTable } from '../table/training-table.ts'
import type { TrainedModel } from '../trainer.ts'

/** A value, or the probability of class 1: the last of two; NaN where an answer has neither. */
export function outputOf({ value, probabilities, label }: Answer): number {
  if (typeof value === 'number') return value
  if (Array.isArray(value) && typeof value[0] === 'number') return value[0]
  const last: unknown = probabilities?.at(-1)
  if (typeof last === 'number') return last
  return label === 1 || label === true ? 1 : label === 0 || label === false ? 0 : NaN
}

/** Rows by feature name, so that a version with its features in another order reads them rightly. */
export function namedRow(table: TrainingTable, row: number): Row {
  const values = jsonRow(table, row)
  return Object.fromEntries(table.featureNames.map((name, feature) => [name, values[feature]]))
}

/** @throws the first error of a row */
export async function modelOutputs(
  model: ModelPredictor,
  table: TrainingTable,
  rows: Int32Array,
  signal?: AbortSignal,
): Promise<Float64Array> {
  const answers = await model.predictBatch(
    Array.from(rows, (row) => namedRow(table, row)),
    { useCache: false, ...(signal && { signal }) },
  )
  return Float64Array.from(answers, (answer) => {
    if (isMLError(answer)) throw answer
    return outputOf(answer)
  })
}

/** @throws whatever the rule throws; VALIDATION_FAILED where it gives no number */
export async function ruleOutputs(rule: FallbackRule, table: TrainingTable, rows: Int32Array): Promise<Float64Array> {
  const outputs = new Float64Array(rows.length)
  for (let i = 0; i < rows.length; i++) {
    outputs[i] = outputOf(await rule(namedRow(table, rows[i])))
    if (Number.isNaN(outputs[i]))
      throw createError(
        'VALIDATION_FAILED',
        'the fallback rule must answer with a value, probabilities or a label of 0 or 1',
      )
  }
  return outputs
}

export type GoldenOutputs = {
  /** The source framework's own. [rows of golden] */
  readonly output: Float64Array
  /** Row of the table that each is of. [rows of golden] */
  readonly rows: Int32Array
}

/**
 * A trainer may answer for some of the held-out rows, in any order: they are found by their values.
 * @throws EXECUTION_FAILED where a golden row is no held-out row, or has no answer
 */
export function goldenOutputs(
  golden: TrainedModel['golden'],
  table: TrainingTable,
  heldOutRows: Int32Array,
): GoldenOutputs {
  const { predict, predict_proba: probabilities } = golden.expected
  const answers = probabilities ?? predict
  if (golden.rows.length === 0 || answers?.length !== golden.rows.length)
    throw createError(
      'EXECUTION_FAILED',
      `the trainer must give an answer for each golden row, and one row at least; got ${golden.rows.length} rows and ${answers?.length ?? 0} answers`,
    )
  const places = new Map<string, number[]>()
  // the last first, so that equal rows are taken in their order
  for (const row of heldOutRows.toReversed()) {
    const key = JSON.stringify(jsonRow(table, row))
    const same = places.get(key)
    if (same === undefined) places.set(key, [row])
    else same.push(row)
  }
  const rows = Int32Array.from(golden.rows, (golden, index) => {
    const row = places.get(JSON.stringify(golden))?.pop()
    if (row !== undefined) return row
    throw createError('EXECUTION_FAILED', `golden row ${index} of the trainer must be one of the held-out rows`, {
      details: { row: index },
    })
  })
  const output = Float64Array.from(answers, (answer) => {
    const number: unknown = Array.isArray(answer) ? answer.at(-1) : answer
    return typeof number === 'number' ? number : NaN
  })
  return { output, rows }
}

export function isClassifier({ expected }: TrainedModel['golden']): boolean {
  return expected['predict_proba'] !== undefined
}
