// A loaded model and a row that it is known to answer in; runs of it whose failures are the model's own, out.

import { isMLError } from '../errors.ts'
import type { Clock } from '../observe/clock.ts'
import type { LoadedModel, RunTimes } from './loaded-model.ts'
import { failureOfAll, modelFailure, type RowResult } from './row-result.ts'
import { withTimeBudget } from './time-budget.ts'

export type CheckedRunOptions = {
  readonly model: LoadedModel
  readonly name: string
  /** Such as one that it answered when it was loaded. */
  readonly knownRow: Float64Array | undefined
  readonly timeBudgetMs: number
  readonly clock: Clock
}

/**
 * One result a row, in order.
 * @throws what the model's fault is: a run that throws or takes too long, or that answers no row, the known one neither
 */
export type CheckedRun = (
  rows: readonly Float64Array[],
  times: RunTimes,
) => readonly RowResult[] | Promise<readonly RowResult[]>

export function createCheckedRun({ model, name, knownRow, timeBudgetMs, clock }: CheckedRunOptions): CheckedRun {
  /** Rows that all have no answer may be bad rows of one caller: they must not close the model to everyone. */
  const runKnown = (): ReturnType<LoadedModel['run']> =>
    knownRow === undefined ? [] : model.run([knownRow], { timeBudgetMs })

  function isSoundNow(): boolean {
    try {
      return isAnswered(runKnown())
    } catch {
      return false
    }
  }

  async function isSoundSoon(): Promise<boolean> {
    try {
      return isAnswered(await runKnown())
    } catch {
      return false
    }
  }

  async function checked(running: Promise<readonly RowResult[]>): Promise<readonly RowResult[]> {
    let results: readonly RowResult[]
    try {
      results = await running
    } catch (error) {
      throw modelFailure(error, name)
    }
    const failure = failureOfAll(results)
    if (failure !== undefined && !(await isSoundSoon())) throw failure
    return results
  }

  return (rows, times) => {
    let results: ReturnType<LoadedModel['run']>
    try {
      results = model.run(rows, { timeBudgetMs }, times)
    } catch (error) {
      throw modelFailure(error, name)
    }
    if (results instanceof Promise)
      return withTimeBudget(checked(results), { model: name, timeBudgetMs, hostWaitMs: model.hostWaitMs, clock })
    const failure = failureOfAll(results)
    if (failure !== undefined && !isSoundNow()) throw failure
    return results
  }
}

function isAnswered(results: unknown): boolean {
  return Array.isArray(results) && results.length > 0 && !isMLError(results[0])
}
