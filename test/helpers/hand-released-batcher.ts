// Options in, a batcher out whose clock, turns of the event loop and batches move only when a test says so.

import { type Batcher, createBatcher } from '../../src/batching/batcher.ts'
import type { BatcherOptions } from '../../src/batching/batcher-options.ts'
import { createFakeClock, type FakeClock } from './fake-clock.ts'

/** One call of `execute`; in async mode it ends when the test says so. */
export type HeldBatch = {
  readonly jobs: readonly string[]
  /** Answers each job with its own name in capitals, or with what is given. */
  finish(results?: readonly (string | Error)[]): void
  fail(error: unknown): void
}

export type HandReleased = {
  readonly clock: FakeClock
  readonly batches: HeldBatch[]
  /** rowCount, queueMs and runMs of each batch that ended. */
  readonly reports: (readonly [number, number, number])[]
  /** Lets this turn of the event loop end, and then the promises run. */
  endTurn(): Promise<void>
}

export const answerTo = (job: string): string => job.toUpperCase()

/** In sync mode every batch is answered at once, unless `execute` is given. */
export function createHandReleasedBatcher(
  options: Partial<BatcherOptions<string, string>> = {},
): [Batcher<string, string>, HandReleased] {
  const clock = createFakeClock()
  const batches: HeldBatch[] = []
  const reports: (readonly [number, number, number])[] = []
  let deferred: (() => void)[] = []
  const mode = options.mode ?? 'sync'
  const batcher = createBatcher<string, string>({
    mode,
    clock,
    defer: (callback) => deferred.push(callback),
    // the submitting step ends with each submit, unless a test says otherwise
    afterStep: (callback) => callback(),
    observe: (rowCount, queueMs, runMs) => reports.push([rowCount, queueMs, runMs]),
    execute(jobs) {
      const results = jobs.map(answerTo)
      if (mode === 'sync') {
        batches.push({ jobs, finish: () => undefined, fail: () => undefined })
        return results
      }
      return new Promise((resolve, reject) => {
        batches.push({ jobs, finish: (given = results) => resolve(given), fail: reject })
      })
    },
    ...options,
  })
  return [
    batcher,
    {
      clock,
      batches,
      reports,
      async endTurn() {
        const callbacks = deferred
        deferred = []
        for (const callback of callbacks) callback()
        await flushPromises()
      },
    },
  ]
}

/** Promise reactions of reactions, deep enough for any chain here; nothing waits on time. */
export async function flushPromises(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve()
}

/** The code of an error that `promise` is rejected with; 'answered' where it is not. */
export function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'answered',
    (error: unknown) => (error as { code?: unknown }).code ?? error,
  )
}
