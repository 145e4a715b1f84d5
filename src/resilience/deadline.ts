// A caller's timeoutMs and signal in; the work raced against both, with timer and listener cleaned up, out.

import { createError, type MLError } from '../errors.ts'
import { AbortWatch } from '../observe/abort-watch.ts'
import type { Clock } from '../observe/clock.ts'
import { longestTimerMs } from '../observe/deadline-watch.ts'
import type { StopSignal } from '../observe/stop-signal.ts'

type Caller = { readonly signal: StopSignal | undefined; readonly onAbort: (reason: unknown) => void }

/** Of the whole process: many calls share one signal, and Node warns of a leak from its eleventh listener on. */
const callers = new AbortWatch<Caller>(({ onAbort }, reason) => onAbort(reason))

export type DeadlineOptions = {
  /** The caller's limit; undefined or Infinity for none. */
  readonly timeoutMs?: number
  /** The caller's signal. */
  readonly signal?: AbortSignal
  readonly clock: Clock
  /** Who is asked, for the error's text. */
  readonly model: string
}

/**
 * Runs `work` until it settles, the caller's signal aborts or `timeoutMs` has passed, whichever is first.
 * `work` gets a signal that aborts in the last two cases, or undefined where neither can happen.
 * @throws signal.reason untouched; DEADLINE_EXCEEDED; INPUT_INVALID where timeoutMs is no number above 0; what `work` throws
 */
export async function withDeadline<Result>(
  options: DeadlineOptions,
  work: (signal: AbortSignal | undefined) => Result | Promise<Result>,
): Promise<Result> {
  const { timeoutMs = Infinity, signal, model } = options
  assertTimeout(timeoutMs, model)
  signal?.throwIfAborted()
  if (timeoutMs === Infinity) return signal === undefined ? work(undefined) : raceAbort(signal, () => work(signal))
  return raceTimeout({ ...options, timeoutMs }, work)
}

/**
 * Runs `work` until it settles or `signal` aborts; the listener is gone afterwards.
 * @throws signal.reason untouched
 */
export async function raceAbort<Result>(signal: StopSignal, work: () => Result | Promise<Result>): Promise<Result> {
  if (signal.aborted) throw signal.reason
  return new Promise<Result>((resolve, reject) => {
    const caller: Caller = { signal, onAbort: reject }
    callers.add(caller)
    void settle(work, resolve, reject, () => callers.delete(caller))
  })
}

function raceTimeout<Result>(
  options: DeadlineOptions & { readonly timeoutMs: number },
  work: (signal: AbortSignal) => Result | Promise<Result>,
): Promise<Result> {
  const { timeoutMs, clock, model } = options
  const deadlineAtMs = clock.now() + timeoutMs
  const { signal, release } = openDeadline(options)
  return new Promise<Result>((resolve, reject) => {
    // where a run has blocked this thread, its answer is there before the timer
    const inTime = (result: Result): void =>
      clock.now() < deadlineAtMs ? resolve(result) : reject(timeoutError(model, timeoutMs))
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    void settle(() => work(signal), inTime, reject, release)
  })
}

/**
 * A signal that aborts with `signal.reason` or, once `timeoutMs` has passed, with DEADLINE_EXCEEDED. Whoever opens it
 * releases it: timer and listener are gone then.
 * @throws INPUT_INVALID where timeoutMs is no number above 0; signal.reason where it is aborted already
 */
export function openDeadline({ timeoutMs = Infinity, signal, clock, model }: DeadlineOptions): {
  readonly signal: AbortSignal
  readonly release: () => void
} {
  assertTimeout(timeoutMs, model)
  signal?.throwIfAborted()
  const controller = new AbortController()
  const end = (reason: unknown): void => {
    release()
    controller.abort(reason)
  }
  const caller: Caller = { signal, onAbort: end }
  const onTimeout = (): void => end(timeoutError(model, timeoutMs))
  callers.add(caller)
  const timer = timeoutMs === Infinity ? undefined : clock.setTimer(onTimeout, Math.min(timeoutMs, longestTimerMs))
  const release = (): void => {
    if (timer !== undefined) clock.clearTimer(timer)
    callers.delete(caller)
  }
  return { signal: controller.signal, release }
}

export function timeoutError(model: string, timeoutMs: number): MLError {
  return createError('DEADLINE_EXCEEDED', `${model} gave no answer within ${timeoutMs} ms`, {
    details: { model, timeoutMs },
  })
}

async function settle<Result>(
  work: () => Result | Promise<Result>,
  resolve: (result: Result) => void,
  reject: (error: unknown) => void,
  stop: () => void,
): Promise<void> {
  try {
    resolve(await work())
  } catch (error) {
    reject(error)
  } finally {
    stop()
  }
}

function assertTimeout(timeoutMs: number, model: string): void {
  if (typeof timeoutMs === 'number' && timeoutMs > 0) return
  throw createError(
    'INPUT_INVALID',
    `timeoutMs of a prediction by ${model}: expected a number of milliseconds above 0, got ${String(timeoutMs)}`,
    { details: { model, option: 'timeoutMs' } },
  )
}
