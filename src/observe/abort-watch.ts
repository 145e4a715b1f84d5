// Jobs with abort signals in, a call for each whose signal aborts out: one listener a signal, however many jobs share it.

/** Node warns of a leak from the eleventh listener of one signal on, and callers do share one among many rows. */
export class AbortWatch<Job extends { readonly signal: AbortSignal | undefined }> {
  readonly #onAbort: (job: Job, reason: unknown) => void
  readonly #jobs = new Map<AbortSignal, Set<Job>>()

  constructor(onAbort: (job: Job, reason: unknown) => void) {
    this.#onAbort = onAbort
  }

  /** `job.signal` must not be aborted yet. */
  add(job: Job): void {
    const { signal } = job
    if (signal === undefined) return
    const others = this.#jobs.get(signal)
    if (others !== undefined) {
      others.add(job)
      return
    }
    signal.addEventListener('abort', this.#onEvent)
    this.#jobs.set(signal, new Set([job]))
  }

  delete(job: Job): void {
    const { signal } = job
    if (signal === undefined) return
    const jobs = this.#jobs.get(signal)
    if (jobs === undefined || !jobs.delete(job) || jobs.size > 0) return
    this.#jobs.delete(signal)
    signal.removeEventListener('abort', this.#onEvent)
  }

  readonly #onEvent = ({ target }: Event): void => {
    const signal = target as AbortSignal
    const jobs = this.#jobs.get(signal)
    if (jobs === undefined) return
    this.#jobs.delete(signal)
    signal.removeEventListener('abort', this.#onEvent)
    for (const job of jobs) this.#onAbort(job, signal.reason)
  }
}
