// Jobs that run together and the function that runs them in, every answer handed over and how the run ended out.

import { errorTable, isMLError } from '../errors.ts'
import type { Clock } from '../observe/clock.ts'
import type { BatchingErrors } from './batching-errors.ts'
import type { BatchResults, JobLedger } from './job-ledger.ts'
import type { Pace } from './pace.ts'
import type { PendingJob } from './pending-job.ts'

/** Which run of its batch this is: 1, or more where a batch that failed is run again by halves. */
export type BatchRun = { readonly attempt: number }

/** One entry a job, at once or later. A throw or rejection fails all of `jobs`. */
export type ExecuteBatch<Job, Result> = (
  jobs: readonly Job[],
  run: BatchRun,
) => BatchResults<Result> | PromiseLike<BatchResults<Result>>

/** Why a run gave no answers; a class, since anything may be thrown, `undefined` too. */
export type RunFailure = {
  readonly error: unknown
  /** Whether a smaller run may succeed. */
  readonly mayBeRowFault: boolean
}

/** `at-once`: the run has ended before the call that started it returns. */
export type OnRunEnd = (failure: RunFailure | undefined, when: 'at-once' | 'later') => void

export type RunOptions<Job, Result> = {
  readonly execute: ExecuteBatch<Job, Result>
  readonly mayBeRowFault: (error: unknown) => boolean
  readonly ledger: JobLedger<Job, Result>
  readonly errors: BatchingErrors
  readonly clock: Clock
  readonly defer: (callback: () => void) => void
  readonly pace: Pace
}

const firstRun: BatchRun = { attempt: 1 }

/** Settles `jobs` where the run gives answers; where it fails they are still to be settled. */
export function runJobs<Job, Result>(
  jobs: readonly PendingJob<Job, Result>[],
  attempt: number,
  options: RunOptions<Job, Result>,
  onEnd: OnRunEnd,
): void {
  let results: ReturnType<ExecuteBatch<Job, Result>>
  try {
    const run = attempt === 1 ? firstRun : { attempt }
    results = options.execute(
      jobs.map(({ job }) => job),
      run,
    )
  } catch (error) {
    onEnd(failureOf(error, options), 'at-once')
    return
  }
  if (!isPromiseLike(results)) {
    onEnd(handOver(results, jobs, options), 'at-once')
    return
  }
  // Promise.resolve tames thenables that call back twice, at once or throw.
  void Promise.resolve(results).then(
    (settled) => onEnd(handOver(settled, jobs, options), 'later'),
    (error: unknown) => onEnd(failureOf(error, options), 'later'),
  )
}

function handOver<Job, Result>(
  results: BatchResults<Result>,
  jobs: readonly PendingJob<Job, Result>[],
  { ledger, errors }: RunOptions<Job, Result>,
): RunFailure | undefined {
  // An executor that breaks its contract is nobody's row.
  if (!Array.isArray(results) || results.length !== jobs.length)
    return { error: errors.wrongResults(jobs.length, results), mayBeRowFault: false }
  ledger.answer(jobs, results)
  return undefined
}

function failureOf<Job, Result>(error: unknown, { mayBeRowFault: mayBe }: RunOptions<Job, Result>): RunFailure {
  return { error, mayBeRowFault: mayBe(error) }
}

/**
 * True for errors that one row can cause: what the table counts against the model and calls worth a retry, and what
 * was thrown without being one of its errors.
 */
export function mayBeRowFault(error: unknown): boolean {
  if (!isMLError(error)) return true
  const { countsAsModelFailure, retryable } = errorTable[error.code]
  return countsAsModelFailure && retryable
}

function isPromiseLike<Value>(value: Value | PromiseLike<Value>): value is PromiseLike<Value> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
