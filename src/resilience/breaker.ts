// Results of a model's batches in; a circuit that refuses rows at once while the model keeps failing out.

import { createError, errorTable, isMLError } from '../errors.ts'
import type { BreakerPhase, Publish } from '../observe/channels.ts'
import { silentPublish } from '../observe/channels.ts'
import type { Clock } from '../observe/clock.ts'
import { shownValue } from '../rows/shown-value.ts'

export type BreakerState =
  | { readonly kind: 'closed'; readonly failures: number }
  | { readonly kind: 'open'; readonly openedAt: number }
  /** `probeStartedAt` is undefined until a batch has taken the probe. */
  | { readonly kind: 'half-open'; readonly probeStartedAt: number | undefined }

export type BreakerOptions = {
  readonly model: string
  readonly clock: Clock
  /** Failed batches in a row that open the circuit. @default 5 */
  readonly failureThreshold?: number
  /** How long the circuit stays open before one batch may probe. @default 30_000 */
  readonly openMs?: number
  /** Which errors count. @default those whose entry in the table of errors says so */
  readonly isModelFailure?: (error: unknown) => boolean
  readonly publish?: Publish
}

/** One circuit seen twice: `gate` before a row waits for a batch, `guard` around the run of each batch. */
export type Breaker = {
  readonly state: BreakerState
  /** Closed, and the last batch has not failed: a batch that succeeds now changes nothing. */
  readonly isUntroubled: boolean
  /** @throws BREAKER_OPEN with `retryAfterMs` while rows are refused */
  gate(): void
  /**
   * Runs one batch and counts its one result; a synchronous run is counted before this returns.
   * @throws BREAKER_OPEN without running, where the circuit opened while the batch gathered or another batch probes
   */
  guard<Result>(run: () => Result): Result
  /**
   * Begins a batch that may take several runs; what it gives is called once, when the batch has ended, with its failure
   * where it failed.
   * @throws BREAKER_OPEN as `guard` does
   */
  begin(): (failure?: { readonly error: unknown }) => void
}

export const defaultFailureThreshold = 5
export const defaultOpenMs = 30_000

export function createBreaker(options: BreakerOptions): Breaker {
  const { model, clock, failureThreshold, openMs, isModelFailure, publish } = resolveBreakerOptions(options)
  let state: BreakerState = { kind: 'closed', failures: 0 }
  // A result counts only in the phase its batch began in: a batch from before the opening is no probe.
  let phaseNumber = 0

  function enter(next: BreakerState): void {
    const from: BreakerPhase = state.kind
    state = next
    if (next.kind === from) return
    phaseNumber++
    publish('breaker', { model, from, to: next.kind })
  }

  /** @returns how long rows are still refused; 0 where they are not, having half-opened the circuit if its time has come */
  function refusedForMs(): number {
    const now = clock.now()
    if (state.kind === 'open') {
      const leftMs = state.openedAt + openMs - now
      if (leftMs > 0) return leftMs
      enter({ kind: 'half-open', probeStartedAt: undefined })
    }
    // A probe that never settles must not close the gate for ever: after openMs the next batch probes.
    if (state.kind === 'half-open' && state.probeStartedAt !== undefined)
      return Math.max(0, state.probeStartedAt + openMs - now)
    return 0
  }

  function gate(): void {
    if (state.kind === 'closed') return
    const retryAfterMs = Math.ceil(refusedForMs())
    if (retryAfterMs > 0)
      throw createError(
        'BREAKER_OPEN',
        `${model} is not asked: its circuit breaker is ${state.kind} after ${failureThreshold} failed batches in a row; retry in ${retryAfterMs} ms`,
        { details: { model, state: state.kind }, retryAfterMs },
      )
  }

  function succeed(): void {
    if (state.kind === 'closed' && state.failures === 0) return
    enter({ kind: 'closed', failures: 0 })
  }

  function fail(error: unknown): void {
    if (!isModelFailure(error)) {
      // Says nothing about the model: the next batch may probe instead.
      if (state.kind === 'half-open') enter({ kind: 'half-open', probeStartedAt: undefined })
      return
    }
    const failures = state.kind === 'closed' ? state.failures + 1 : failureThreshold
    if (failures >= failureThreshold) enter({ kind: 'open', openedAt: clock.now() })
    else enter({ kind: 'closed', failures })
  }

  function begin(): (failure?: { readonly error: unknown }) => void {
    gate()
    if (state.kind === 'half-open') {
      phaseNumber++
      enter({ kind: 'half-open', probeStartedAt: clock.now() })
    }
    const begunIn = phaseNumber
    return (failure) => {
      if (phaseNumber !== begunIn) return
      if (failure === undefined) succeed()
      else fail(failure.error)
    }
  }

  return {
    get state() {
      return state
    },
    get isUntroubled() {
      return state.kind === 'closed' && state.failures === 0
    },
    gate,
    begin,
    guard(run) {
      const end = begin()
      let result: ReturnType<typeof run>
      try {
        result = run()
      } catch (error) {
        end({ error })
        throw error
      }
      if (!(result instanceof Promise)) {
        end()
        return result
      }
      // The branch is ours alone and handles both ends; the caller awaits the run's own promise.
      void result.then(
        () => end(),
        (error: unknown) => end({ error }),
      )
      return result
    },
  }
}

function resolveBreakerOptions(options: BreakerOptions): Required<BreakerOptions> {
  const { failureThreshold = defaultFailureThreshold, openMs = defaultOpenMs } = options
  if (!Number.isInteger(failureThreshold) || failureThreshold < 1)
    throw createError(
      'VALIDATION_FAILED',
      `breaker of ${options.model}: expected failureThreshold to be an integer of at least 1, got ${shownValue(failureThreshold)}`,
    )
  if (!Number.isFinite(openMs) || openMs <= 0)
    throw createError(
      'VALIDATION_FAILED',
      `breaker of ${options.model}: expected openMs to be a number above 0, got ${shownValue(openMs)}`,
    )
  return {
    ...options,
    failureThreshold,
    openMs,
    isModelFailure: options.isModelFailure ?? countsAsModelFailure,
    publish: options.publish ?? silentPublish,
  }
}

function countsAsModelFailure(error: unknown): boolean {
  return isMLError(error) && errorTable[error.code].countsAsModelFailure
}
