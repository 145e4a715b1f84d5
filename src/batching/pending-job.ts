// One submitted job with its caller's promise: waiting for room or queued, then running, then settled once.

import type { StopSignal } from '../observe/stop-signal.ts'

export type Priority = 'high' | 'normal' | 'low'

/** What jobs of one batch have in common; a number or text, so that equal ones are one key. */
export type JobGroup = string | number

/** Where jobs wait: the queue of their group, or the lobby. */
export interface JobHolder<Job, Result> {
  /** Of all jobs in it; undefined where jobs of any may be. */
  readonly group: JobGroup | undefined
  readonly rowCount: number
  /** Takes a waiting job out, wherever it stands. */
  remove(job: PendingJob<Job, Result>): void
}

/** Until when anybody wants an answer; it moves on as others come who want the same one. */
export type Wanted = { readonly untilMs: number }

export type JobOptions = {
  /** @default 1 */
  readonly rowCount?: number
  /** @default 'normal' */
  readonly priority?: Priority
  readonly signal?: StopSignal
  /** Time of the batcher's clock after which no answer is wanted. @default Infinity */
  readonly deadlineAtMs?: number
  /**
   * Of an answer that several callers share: the job is not taken, and no run of it begins, once that is too late for
   * all of them so far. It does not end by it as it waits, since others may join. @default for ever
   */
  readonly wanted?: Wanted
}

const forEver: Wanted = { untilMs: Infinity }

/** A class, so that all jobs have one shape and a job costs one object beside its promise. */
export class PendingJob<Job, Result> {
  readonly job: Job
  readonly rowCount: number
  readonly priority: Priority
  readonly signal: StopSignal | undefined
  /** Infinity where the caller has no deadline. */
  readonly deadlineAtMs: number
  readonly wanted: Wanted
  /** How long it was thought to take until its answer; 0 where nobody asked. */
  expectedMs = 0
  /** When it joined the queue; until there was room for it, when it was submitted. */
  enqueuedAtMs: number
  stage: 'queued' | 'running' | 'settled' = 'queued'
  /** Where it waits, and its neighbours there. */
  holder: JobHolder<Job, Result> | undefined = undefined
  previous: PendingJob<Job, Result> | undefined = undefined
  next: PendingJob<Job, Result> | undefined = undefined
  /** Both set by the promise's executor, before anyone else sees the job. */
  resolve!: (result: Result) => void
  reject!: (reason: unknown) => void

  constructor(job: Job, options: JobOptions, nowMs: number) {
    const { rowCount = 1, priority = 'normal', signal, deadlineAtMs = Infinity, wanted = forEver } = options
    this.job = job
    this.rowCount = rowCount
    this.priority = priority
    this.signal = signal
    this.deadlineAtMs = deadlineAtMs
    this.wanted = wanted
    this.enqueuedAtMs = nowMs
  }

  /** From when on nobody wants the answer, as far as is known now. */
  get uselessAtMs(): number {
    return Math.min(this.deadlineAtMs, this.wanted.untilMs)
  }
}
