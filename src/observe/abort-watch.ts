// Jobs with abort signals in, a call for each whose signal aborts out: one listener a signal, however many jobs and models share it.

import type { StopSignal } from './stop-signal.ts'

type OnSignal = (signal: StopSignal) => void

/** Watches that wait for each signal, so that they have one listener together. */
const watches = new WeakMap<StopSignal, Set<OnSignal>>()

/** Node warns of a leak from the eleventh listener of one signal on, and callers do share one among many rows. */
export class AbortWatch<Job extends { readonly signal: StopSignal | undefined }> {
  readonly #onAbort: (job: Job, reason: unknown) => void
  readonly #jobs = new Map<StopSignal, Set<Job>>()

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
    listen(signal, this.#onSignal)
    this.#jobs.set(signal, new Set([job]))
  }

  delete(job: Job): void {
    const { signal } = job
    if (signal === undefined) return
    const jobs = this.#jobs.get(signal)
    if (jobs === undefined || !jobs.delete(job) || jobs.size > 0) return
    this.#jobs.delete(signal)
    unlisten(signal, this.#onSignal)
  }

  readonly #onSignal = (signal: StopSignal): void => {
    const jobs = this.#jobs.get(signal)
    if (jobs === undefined) return
    this.#jobs.delete(signal)
    for (const job of jobs) this.#onAbort(job, signal.reason)
  }
}

function listen(signal: StopSignal, onSignal: OnSignal): void {
  const others = watches.get(signal)
  if (others !== undefined) {
    others.add(onSignal)
    return
  }
  watches.set(signal, new Set([onSignal]))
  signal.addEventListener('abort', tellWatches)
}

function unlisten(signal: StopSignal, onSignal: OnSignal): void {
  const waiting = watches.get(signal)
  if (waiting === undefined || !waiting.delete(onSignal) || waiting.size > 0) return
  watches.delete(signal)
  signal.removeEventListener('abort', tellWatches)
}

function tellWatches({ target }: { readonly target: unknown }): void {
  const signal = target as StopSignal
  const waiting = watches.get(signal)
  if (waiting === undefined) return
  watches.delete(signal)
  signal.removeEventListener('abort', tellWatches)
  for (const onSignal of waiting) onSignal(signal)
}
