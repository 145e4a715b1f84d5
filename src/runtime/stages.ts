// The stages of a prediction, each a wrapper around what comes after it; predictor.ts puts them in order.

import { rejectSoon } from '../batching/reject-soon.ts'
import type { Clock } from '../observe/clock.ts'
import { DeadlineWatch } from '../observe/deadline-watch.ts'
import { raceAbort, timeoutError } from '../resilience/deadline.ts'
import { canFallBack, type Fallback } from '../resilience/fallback.ts'
import { predictionOf } from '../rows/prediction.ts'
import type { RowReader } from '../rows/read-row.ts'
import { assertRow } from '../rows/row-shape.ts'
import type { ClosingGate } from './closing-gate.ts'
import { assertPredictOptions } from './predict-options.ts'
import { type EngineState, type Handler, loaded, type PredictionRequest, type Stage } from './request.ts'
import { createRowArena } from './row-arena.ts'

/** Options that cannot be, and calls that are over before they began, end here. */
export function optionsChecked(): Stage {
  return passed(({ options }) => {
    assertPredictOptions(options)
    options.signal?.throwIfAborted()
  })
}

/** Reads the row; a bad one ends here and reaches neither rule nor model. */
export function rowRead(readerWithoutModel: RowReader | undefined): Stage {
  const takeRow = createRowArena()
  return passed((request) => {
    const { row, rowIndex, options, state } = request
    const reader = state.kind === 'loaded' ? state.engine.reader : readerWithoutModel
    if (reader === undefined) return assertRow(row, rowIndex)
    request.canonical = takeRow(reader.width)
    reader.read(row, request.canonical, 0, { strict: options.strict, rowIndex })
  })
}

/** A stage that only looks at the request; a throw becomes a rejection, without the cost of an async function. */
function passed(look: (request: PredictionRequest) => void): Stage {
  return (next) => (request) => {
    try {
      look(request)
    } catch (error) {
      // an aborted signal's reason is whatever its owner chose
      return rejectSoon(error as Error)
    }
    return next(request)
  }
}

/** Lets the rule answer where the model cannot. It lies outside the cache, so no rule's answer is ever remembered. */
export function withFallback(fallbackFor: (state: EngineState) => Fallback | undefined, gate: ClosingGate): Stage {
  return (next) => (request) => {
    const fallback = fallbackFor(request.state)
    if (fallback === undefined) return next(request)
    return next(request).catch((error: unknown) => {
      if (!canFallBack(error)) throw error
      request.stats.recordFallbackCause(error.code)
      const answer = fallback.answer(request.row, error)
      if (!(answer instanceof Promise)) return answer
      // a rule may take its time, and its owner may close meanwhile
      const settled = gate.pass(answer)
      return request.signal === undefined ? settled : raceAbort(request.signal, () => settled)
    })
  }
}

type Waiting = { readonly deadlineAtMs: number; readonly expire: () => void }

export type TimeoutOptions = {
  readonly model: string
  readonly clock: Clock
  readonly fallbackFor: (state: EngineState) => Fallback | undefined
}

/**
 * Gives the request its deadline. Whoever makes it wait ends it then: the batcher, which also runs nothing that would be
 * late; and callers who share a run, which goes on for the others. Only a rule that takes its time is not told.
 */
export function withTimeout({ model, clock, fallbackFor }: TimeoutOptions): Stage {
  const deadlines = new DeadlineWatch<Waiting>(clock, ({ expire }) => expire())
  return (next) => (request) => {
    const { timeoutMs, signal } = request.options
    if (timeoutMs === undefined) {
      if (signal === undefined) return next(request)
      if (signal.aborted) return Promise.reject(signal.reason)
      // what waits below listens to it, once for all the rows that share it
      request.signal = signal
      return next(request)
    }
    if (signal?.aborted === true) return Promise.reject(signal.reason)
    request.signal = signal
    const nowMs = clock.now()
    // it may be nearer: a run at once has been tried
    request.deadlineAtMs = Math.min(request.deadlineAtMs, nowMs + timeoutMs)
    if (fallbackFor(request.state) === undefined) return next(request)
    return new Promise((resolve, reject) => {
      const waiting = { deadlineAtMs: request.deadlineAtMs, expire: () => reject(timeoutError(model, timeoutMs)) }
      deadlines.add(waiting, nowMs)
      void next(request).then(
        (prediction) => {
          deadlines.delete(waiting)
          // where a run has blocked this thread, its answer is there before the timer
          if (clock.now() < waiting.deadlineAtMs) resolve(prediction)
          else waiting.expire()
        },
        (error: unknown) => {
          deadlines.delete(waiting)
          reject(error as Error)
        },
      )
    })
  }
}

/**
 * Refuses where there is no model to ask, and holds a lease on the engine for requests that reach its queue later than
 * in this turn: after a look into the cache, or when the queue has room for a row of a batch.
 */
export function leased(hasCache: boolean): Stage {
  return (next) => (request) => {
    const { state, rowIndex } = request
    if (state.kind === 'failed') return Promise.reject(state.error)
    return hasCache || rowIndex !== undefined ? state.engine.lease(() => next(request)) : next(request)
  }
}

/** Refuses at once while the circuit is open. */
export function gated(): Stage {
  return passed((request) => loaded(request).engine.breaker.gate())
}

/** The innermost handler: waits for the batch, which is guarded and executed by the engine. */
export function batched(): Handler {
  return (request) => {
    const { engine } = loaded(request)
    return engine.submit(request).then((answer) => predictionOf(engine.origin('model'), answer))
  }
}
