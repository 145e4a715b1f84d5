// A batch that failed in, its halves run again until what fails is alone out: one poisonous row fails alone.

import type { BatchOutcome } from './batch-outcome.ts'
import type { PendingJob } from './pending-job.ts'
import { type RunFailure, runJobs, type RunOptions } from './run-jobs.ts'

/**
 * Quarters. Where none of four could run, the model fails and no row of it: six runs have shown that, and to go on
 * would cost two for each row. Poisonous rows in every quarter look the same; rows are checked before they join a
 * batch, so that one is rare.
 */
const deepestWithoutAnswer = 2

/**
 * Runs for each halving of a batch: one poisonous row costs two, the half with it and the half without, and two rows
 * in different halves four. So two are always found; of more, those not found take down the parts they are in.
 */
const runsPerHalving = 4

type Part<Job, Result> = {
  readonly jobs: readonly PendingJob<Job, Result>[]
  /** How often the batch was halved to get it. */
  readonly depth: number
}

type FailedPart<Job, Result> = Part<Job, Result> & { readonly failure: RunFailure }

/**
 * Breadth first, so that the half without fault is answered before the other one is taken apart. A run in this thread
 * has a turn of the event loop to itself, and callers that leave or are late between two runs are not run again.
 */
export class Bisection<Job, Result> {
  readonly #options: RunOptions<Job, Result>
  readonly #onEnd: (outcome: BatchOutcome, when: 'at-once' | 'later') => void
  readonly #failed: FailedPart<Job, Result>[]
  readonly #firstFailure: RunFailure
  readonly #mostRuns: number
  readonly #halves: Part<Job, Result>[] = []
  #runCount = 0
  #hasAnswered = false

  constructor(
    jobs: readonly PendingJob<Job, Result>[],
    failure: RunFailure,
    options: RunOptions<Job, Result>,
    onEnd: (outcome: BatchOutcome, when: 'at-once' | 'later') => void,
  ) {
    this.#options = options
    this.#onEnd = onEnd
    this.#firstFailure = failure
    this.#failed = [{ jobs, depth: 0, failure }]
    this.#mostRuns = runsPerHalving * halvingsOf(jobs.length)
  }

  /** `when`: how the run before ended; what answers at once must not do so twice in one turn of the event loop. */
  goOn(when: 'at-once' | 'later'): void {
    const half = this.#halves.shift() ?? this.#split()
    if (half === undefined) this.#end(when)
    else if (when === 'later') this.#run(half, when)
    else this.#options.defer(() => this.#run(half, when))
  }

  #run(half: Part<Job, Result>, before: 'at-once' | 'later'): void {
    const { clock, pace, ledger } = this.#options
    const startedAtMs = clock.now()
    const part = { jobs: ledger.stillWanted(half.jobs, startedAtMs), depth: half.depth }
    if (part.jobs.length === 0) return this.goOn(before)
    this.#runCount++
    runJobs(part.jobs, 1 + this.#runCount, this.#options, (failure, when) => {
      if (failure !== undefined) this.#setAside(part, failure)
      else {
        this.#hasAnswered = true
        pace.recordRun(rowCountOf(part.jobs), clock.now() - startedAtMs)
      }
      this.goOn(when)
    })
  }

  /** What can be halved is, once all larger parts have run; where the error is no row's, there is nothing more to learn. */
  #setAside(part: Part<Job, Result>, failure: RunFailure): void {
    const { ledger } = this.#options
    if (failure.mayBeRowFault && part.jobs.length > 1) {
      this.#failed.push({ ...part, failure })
      return
    }
    ledger.fail(part.jobs, failure.error)
    // The breaker opened, or the backend is gone.
    if (failure.mayBeRowFault) return
    for (const failed of this.#failed.splice(0)) ledger.fail(failed.jobs, failed.failure.error)
    for (const half of this.#halves.splice(0)) ledger.fail(half.jobs, failure.error)
  }

  /** The first half of the next part that failed, its other half put by; parts that are not worth it are failed. */
  #split(): Part<Job, Result> | undefined {
    for (let part = this.#failed.shift(); part !== undefined; part = this.#failed.shift()) {
      const isModelFault = !this.#hasAnswered && part.depth >= deepestWithoutAnswer
      if (isModelFault || this.#runCount + 2 > this.#mostRuns) {
        this.#options.ledger.fail(part.jobs, part.failure.error)
        continue
      }
      const middle = (part.jobs.length + 1) >> 1
      const depth = part.depth + 1
      this.#halves.push({ jobs: part.jobs.slice(middle), depth })
      return { jobs: part.jobs.slice(0, middle), depth }
    }
    return undefined
  }

  #end(when: 'at-once' | 'later'): void {
    const runCount = 1 + this.#runCount
    const outcome: BatchOutcome = this.#hasAnswered
      ? { kind: 'rescued', runCount }
      : { kind: 'failed', runCount, error: this.#firstFailure.error }
    this.#onEnd(outcome, when)
  }
}

/** How often `count` jobs can be halved until each is alone. */
function halvingsOf(count: number): number {
  return 32 - Math.clz32(count - 1)
}

function rowCountOf(jobs: readonly { readonly rowCount: number }[]): number {
  let sum = 0
  for (const { rowCount } of jobs) sum += rowCount
  return sum
}
