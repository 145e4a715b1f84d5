// A run under way and the model's own time budget in; the run's result, or an error that counts against the model, out.

import { createError, isMLError } from '../errors.ts'
import type { Clock } from '../observe/clock.ts'

/** @throws EXECUTION_FAILED where the run takes longer than `budgetMs`; what the run throws */
export function withTimeBudget<Result>(
  run: Promise<Result>,
  budgetMs: number,
  clock: Clock,
  model: string,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimer(() => {
      reject(
        createError('EXECUTION_FAILED', `${model} took longer than its time budget of ${budgetMs} ms for one batch`, {
          details: { model, timeBudgetMs: budgetMs },
        }),
      )
    }, budgetMs)
    void run.then(
      (result) => {
        clock.clearTimer(timer)
        resolve(result)
      },
      (error: unknown) => {
        clock.clearTimer(timer)
        reject(error)
      },
    )
  })
}

/** True for what `withTimeBudget` threw: the run may still be under way, so that running its rows again would not help. */
export function isOverBudget(error: unknown): boolean {
  return isMLError(error) && error.details['timeBudgetMs'] !== undefined
}
