// What a batch gives for one row, an answer or that row's own error, and what to make of it.

import { createError, errorTable, isMLError, type MLError } from '../errors.ts'
import type { Answer } from '../rows/prediction.ts'

export type RowResult = Answer | MLError

/**
 * The failure of a batch in which no row has an answer: the model's, or that of its rows, which a row that is known to be
 * right tells apart. Undefined where any row has one.
 */
export function failureOfAll(results: readonly RowResult[]): MLError | undefined {
  const first = results[0]
  if (!isMLError(first) || !errorTable[first.code].countsAsModelFailure) return undefined
  return results.every(isMLError) ? first : undefined
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
