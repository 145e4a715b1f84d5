// Answers of a model, of a rule or of the source framework in, the one number a row that is decided about out.

import { createError } from '../../errors.ts'
import { isMLError } from '../../errors.ts'
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

/** @throws EXECUTION_FAILED where golden answers are not of the held-out rows */
export function goldenOutputs({ rows, expected }: TrainedModel['golden'], heldOutRowCount: number): Float64Array {
  const { predict, predict_proba: probabilities } = expected
  const answers = probabilities ?? predict
  if (rows.length === 0 || rows.length > heldOutRowCount || answers?.length !== rows.length)
    throw createError(
      'EXECUTION_FAILED',
      `the trainer must give golden answers of the first of ${heldOutRowCount} held-out rows, got ${rows.length} rows and ${answers?.length ?? 0} answers`,
    )
  return Float64Array.from(answers, (answer) => {
    const number: unknown = Array.isArray(answer) ? answer.at(-1) : answer
    return typeof number === 'number' ? number : NaN
  })
}

export function isClassifier({ expected }: TrainedModel['golden']): boolean {
  return expected['predict_proba'] !== undefined
}
