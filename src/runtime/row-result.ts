// What a batch gives for one row, an answer or that row's own error, and what to make of it.

import { createError, errorTable, isMLError, type MLError } from '../errors.ts'
import type { Answer } from '../rows/prediction.ts'

export type RowResult = Answer | MLError

/** A batch in which no row has an answer is the model's failure, not that of its rows. */
export function assertNotAllWrong(results: readonly RowResult[]): readonly RowResult[] {
  const first = results[0]
  if (!isMLError(first) || !errorTable[first.code].countsAsModelFailure) return results
  if (results.every(isMLError)) throw first
  return results
}

/** Whatever a run throws that is none of our errors is the model's failure too: callers, rules and breaker read codes. */
export function modelFailure(error: unknown, model: string): MLError {
  if (isMLError(error)) return error
  const message = error instanceof Error ? error.message : String(error)
  return createError('EXECUTION_FAILED', `${model} failed: ${message}`, { details: { model }, cause: error })
}

export function valueOf(result: RowResult): Answer {
  if (isMLError(result)) throw result
  return result
}
