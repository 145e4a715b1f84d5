// A batch and the function that runs it in, every job of it answered and one call when it has ended out.

import type { BatchResults, JobLedger } from './job-ledger.ts'
import type { PendingJob } from './pending-job.ts'

/** One entry a job, at once or later. A throw or rejection fails the whole batch. */
export type ExecuteBatch<Job, Result> = (
  jobs: readonly Job[],
) => BatchResults<Result> | PromiseLike<BatchResults<Result>>

export function runBatch<Job, Result>(
  batch: readonly PendingJob<Job, Result>[],
  { jobs, execute }: { readonly jobs: JobLedger<Job, Result>; readonly execute: ExecuteBatch<Job, Result> },
  /** `at-once`: `runBatch` has not returned yet. */
  onEnd: (when: 'at-once' | 'later') => void,
): void {
  let results: ReturnType<ExecuteBatch<Job, Result>>
  try {
    results = execute(batch.map(({ job }) => job))
  } catch (error) {
    jobs.fail(batch, error)
    onEnd('at-once')
    return
  }
  if (!isPromiseLike(results)) {
    jobs.answer(batch, results)
    onEnd('at-once')
    return
  }
  // Promise.resolve tames thenables that call back twice, at once or throw.
  void Promise.resolve(results).then(
    (settled) => {
      jobs.answer(batch, settled)
      onEnd('later')
    },
    (error: unknown) => {
      jobs.fail(batch, error)
      onEnd('later')
    },
  )
}

function isPromiseLike<Value>(value: Value | PromiseLike<Value>): value is PromiseLike<Value> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
