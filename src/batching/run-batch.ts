// A batch and the function that runs it in, every job of it answered and one call when it has ended out.

import type { Batch, BatchResults, JobLedger } from './job-ledger.ts'

/** One entry a job, at once or later. A throw or rejection fails the whole batch. */
export type ExecuteBatch<Job, Result> = (
  jobs: readonly Job[],
) => BatchResults<Result> | PromiseLike<BatchResults<Result>>

export function runBatch<Job, Result>(
  batch: Batch<Job, Result>,
  { ledger, execute }: { readonly ledger: JobLedger<Job, Result>; readonly execute: ExecuteBatch<Job, Result> },
  /** `at-once`: `runBatch` has not returned yet. */
  onEnd: (when: 'at-once' | 'later') => void,
): void {
  let results: ReturnType<ExecuteBatch<Job, Result>>
  try {
    results = execute(batch.jobs.map(({ job }) => job))
  } catch (error) {
    ledger.fail(batch, error)
    onEnd('at-once')
    return
  }
  if (!isPromiseLike(results)) {
    ledger.answer(batch, results)
    onEnd('at-once')
    return
  }
  // Promise.resolve tames thenables that call back twice, at once or throw.
  void Promise.resolve(results).then(
    (settled) => {
      ledger.answer(batch, settled)
      onEnd('later')
    },
    (error: unknown) => {
      ledger.fail(batch, error)
      onEnd('later')
    },
  )
}

function isPromiseLike<Value>(value: Value | PromiseLike<Value>): value is PromiseLike<Value> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
