// One submitted job with its caller's promise: queued, then running, then settled once.

export type Priority = 'high' | 'normal' | 'low'

export type NewJob<Job> = {
  readonly job: Job
  readonly rowCount: number
  readonly priority: Priority
  readonly signal: AbortSignal | undefined
  /** Infinity where the caller has no deadline. */
  readonly deadlineAtMs: number
}

/** A class, so that all jobs have one shape and a job costs one object beside its promise. */
export class PendingJob<Job, Result> {
  readonly job: Job
  readonly rowCount: number
  readonly priority: Priority
  readonly enqueuedAtMs: number
  readonly deadlineAtMs: number
  readonly signal: AbortSignal | undefined
  stage: 'queued' | 'running' | 'settled' = 'queued'
  /** Neighbours in the queue of its priority. */
  previous: PendingJob<Job, Result> | undefined = undefined
  next: PendingJob<Job, Result> | undefined = undefined
  /** Both set by the promise's executor, before anyone else sees the job. */
  resolve!: (result: Result) => void
  reject!: (reason: unknown) => void

  constructor(given: NewJob<Job>, enqueuedAtMs: number) {
    this.job = given.job
    this.rowCount = given.rowCount
    this.priority = given.priority
    this.enqueuedAtMs = enqueuedAtMs
    this.deadlineAtMs = given.deadlineAtMs
    this.signal = given.signal
  }
}
