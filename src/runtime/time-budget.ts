// A run under way and the model's own time budget in; the run's result, or an error that counts against the model, out.

import { overBudget } from '../backend/run-budget.ts'
import type { Clock } from '../observe/clock.ts'

export type TimeBudget = {
  readonly model: string
  readonly timeBudgetMs: number
  /** How much longer a run may take whose backend keeps to the budget by itself, but has to wait for its host. @default 0 */
  readonly hostWaitMs?: number
  readonly clock: Clock
}

/** @throws EXECUTION_FAILED where the run takes longer than the budget; what the run throws */
export function withTimeBudget<Result>(run: Promise<Result>, budget: TimeBudget): Promise<Result> {
  const { model, timeBudgetMs, hostWaitMs, clock } = budget
  return new Promise((resolve, reject) => {
    const timer = clock.setTimer(() => reject(overBudget(model, timeBudgetMs)), timeBudgetMs + (hostWaitMs ?? 0))
    // the host holds this process as long as somebody waits, and not for the batch of a model that was closed
    if (hostWaitMs !== undefined) (timer as { unref?: () => void }).unref?.()
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
