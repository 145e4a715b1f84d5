// What a model's own time budget means to a run that takes longer: the error for it, and how to know it again.

import { createError, isMLError, type MLError } from '../errors.ts'

/** What a batch fails with whose run took longer than the time budget of its model. */
export function overBudget(model: string, timeBudgetMs: number, backend?: string): MLError {
  return createError(
    'EXECUTION_FAILED',
    `${model} took longer than its time budget of ${timeBudgetMs} ms for one batch`,
    {
      details: { model, timeBudgetMs, ...(backend !== undefined && { backend }) },
    },
  )
}

/** True for `overBudget`: the run is still under way or was ended with its host, so that running its rows again would not help. */
export function isOverBudget(error: unknown): boolean {
  return isMLError(error) && error.details['timeBudgetMs'] !== undefined
}
