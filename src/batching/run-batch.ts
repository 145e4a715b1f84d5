// A batch in, its jobs settled and how it ended out: one run, or more by halves where the first one failed.

import { Bisection } from './bisection.ts'
import type { BatchOutcome } from './batch-outcome.ts'
import type { PendingJob } from './pending-job.ts'
import { runJobs, type RunOptions } from './run-jobs.ts'

const answered: BatchOutcome = { kind: 'answered' }

/** `onEnd` is called once; `at-once`: in the turn of the event loop in which this, or a later run of it, was started. */
export function runBatch<Job, Result>(
  jobs: readonly PendingJob<Job, Result>[],
  options: RunOptions<Job, Result>,
  onEnd: (outcome: BatchOutcome, when: 'at-once' | 'later') => void,
): void {
  runJobs(jobs, 1, options, (failure, when) => {
    if (failure === undefined) return onEnd(answered, when)
    if (failure.mayBeRowFault && jobs.length > 1) return new Bisection(jobs, failure, options, onEnd).goOn(when)
    options.ledger.fail(jobs, failure.error)
    onEnd({ kind: 'failed', runCount: 1, error: failure.error }, when)
  })
}
