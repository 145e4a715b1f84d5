// Work of a model in; its result out, or an error once it has taken too long: one timer for all who wait.

import type { Clock } from '../observe/clock.ts'
import { DeadlineWatch } from '../observe/deadline-watch.ts'
import { raceAbort, timeoutError } from '../resilience/deadline.ts'

type Waiting = { readonly deadlineAtMs: number; readonly expire: () => void }

export type ModelPatience = {
  /** When work that begins now must be done. */
  deadlineAtMs(): number
  /** What is late is given up and not stopped. @throws DEADLINE_EXCEEDED; signal.reason; what `work` throws */
  wait<Result>(
    work: () => Promise<Result>,
    until: { readonly deadlineAtMs: number; readonly signal?: AbortSignal | undefined },
  ): Promise<Result>
}

/** Each call of a service passes here twice, so that it costs no timer and no signal of its own. */
export function createModelPatience(clock: Clock, model: string, timeoutMs: number): ModelPatience {
  const deadlines = new DeadlineWatch<Waiting>(clock, ({ expire }) => expire())

  function inTime<Result>(work: () => Promise<Result>, deadlineAtMs: number): Promise<Result> {
    return new Promise((resolve, reject) => {
      const waiting = { deadlineAtMs, expire: () => reject(timeoutError(model, timeoutMs)) }
      deadlines.add(waiting, clock.now())
      // an async function, so that a synchronous throw is a rejection too
      void (async () => work())().then(
        (result) => {
          deadlines.delete(waiting)
          resolve(result)
        },
        (error: unknown) => {
          deadlines.delete(waiting)
          reject(error as Error)
        },
      )
    })
  }

  return {
    deadlineAtMs: () => clock.now() + timeoutMs,
    wait: (work, { deadlineAtMs, signal }) =>
      signal === undefined ? inTime(work, deadlineAtMs) : raceAbort(signal, () => inTime(work, deadlineAtMs)),
  }
}
