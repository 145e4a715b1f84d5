// The stages of a prediction, each a wrapper around what comes after it; predictor.ts puts them in order.

import { rejectSoon } from '../batching/reject-soon.ts'
import type { Found } from '../cache/cache-port.ts'
import type { Caller, Load, Wanted } from '../cache/single-flight.ts'
import { isMLError, type MLError } from '../errors.ts'
import type { Clock } from '../observe/clock.ts'
import { DeadlineWatch } from '../observe/deadline-watch.ts'
import type { StopSignal } from '../observe/stop-signal.ts'
import { raceAbort, timeoutError } from '../resilience/deadline.ts'
import { canFallBack, type Fallback } from '../resilience/fallback.ts'
import { answerOf, type Prediction, predictionOf } from '../rows/prediction.ts'
import type { RowReader } from '../rows/read-row.ts'
import { assertRow } from '../rows/row-shape.ts'
import type { PredictOptions } from './options.ts'
import { assertPredictOptions } from './predict-options.ts'
import type { EngineState, Handler, PredictionRequest, Stage } from './request.ts'
import { createRowArena } from './row-arena.ts'
import type { SharedCache } from './shared-cache.ts'

export type CachedOptions = Omit<SharedCache, 'close'>

/** Callers go before runs that nobody waits for. */
const lowPriority = { priority: 'low' } as const satisfies PredictOptions

/** Options that cannot be, and calls that are over before they began, end here. */
export function optionsChecked(): Stage {
  return passed(({ options }) => {
    assertPredictOptions(options)
    options.signal?.throwIfAborted()
  })
}

export type RefusedEarlyOptions = {
  readonly fallbackFor: (state: EngineState) => Fallback | undefined
  /** Shares of the moment, where another version than the request's may answer. */
  readonly routing?: () => unknown
}

/**
 * In overload, refuses before the row is read: what reading costs is what the model then lacks for the rows it has
 * taken. Only where nothing but the model could answer.
 */
export function refusedEarly({ fallbackFor, routing }: RefusedEarlyOptions): Stage {
  return (next) => (request) => {
    const { state, rowIndex, options } = request
    const isOnlyModel = rowIndex === undefined && routing?.() === undefined && fallbackFor(state) === undefined
    const refusal = isOnlyModel && state.kind === 'loaded' ? state.engine.refusalOf(options) : undefined
    return refusal === undefined ? next(request) : rejectSoon(refusal)
  }
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
export function withFallback(fallbackFor: (state: EngineState) => Fallback | undefined): Stage {
  return (next) => (request) => {
    const fallback = fallbackFor(request.state)
    if (fallback === undefined) return next(request)
    return next(request).catch((error: unknown) => {
      if (!canFallBack(error)) throw error
      request.stats.recordFallbackCause(error.code)
      const answer = fallback.answer(request.row, error)
      if (!(answer instanceof Promise) || request.signal === undefined) return answer
      return raceAbort(request.signal, () => answer)
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
    request.deadlineAtMs = nowMs + timeoutMs
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

/**
 * Remembers answers of the model by row; equal rows asked for at once run once. Rows that are looked up in the same turn,
 * as those of predictBatch are, share a call to the cache, and those that it does not have share a run.
 */
export function cached({ cache, worth, flights, renewals }: CachedOptions): Stage {
  return (next) => {
    const run = (key: string, request: PredictionRequest): Promise<Prediction> =>
      next(request).then((prediction) => {
        cache.store(key, answerOf(prediction))
        return prediction
      })

    const miss = (
      key: string,
      request: PredictionRequest,
      { signal, wanted }: { readonly signal: StopSignal | undefined; readonly wanted: Wanted },
    ): Promise<Prediction> => {
      request.stats.recordCacheMiss()
      // others may come to share the run, and want it for longer
      const shared = { ...request, signal, wanted, deadlineAtMs: Infinity }
      return renewals.join(key, { signal }) ?? run(key, shared)
    }

    const hit = (key: string, request: PredictionRequest, { answer, isStale }: Found): Prediction => {
      const { engine } = loaded(request)
      if (isStale) {
        const inBackground = {
          ...request,
          rowIndex: undefined,
          span: undefined,
          options: lowPriority,
          deadlineAtMs: Infinity,
        }
        const isStarted = renewals.start(key, (signal) => engine.lease(() => run(key, { ...inBackground, signal })))
        if (isStarted) cache.recordRevalidation()
      }
      return predictionOf(engine.origin('cache'), answer)
    }

    const ask: Handler = (request) => {
      const { engine } = loaded(request)
      const { useCache, tenant } = request.options
      if (useCache === false || (useCache !== true && !worth.shouldAsk(engine.runMs))) return next(request)
      const key = engine.rowKey(cache.keyKind)(request.canonical, tenant)
      const peeked = cache.peek(key)
      if (peeked !== undefined) return Promise.resolve(hit(key, request, peeked))
      const isCoalesced = flights.isFlying(key)
      const load: Load<Prediction> =
        cache.mode === 'sync'
          ? (signal, wanted) => miss(key, request, { signal, wanted })
          : async (signal, wanted) => {
              const found = await cache.lookup(key)
              return found === undefined ? miss(key, request, { signal, wanted }) : hit(key, request, found)
            }
      if (cache.mode === 'sync' && !isCoalesced && request.rowIndex === undefined) {
        const refusal = engine.refusalOf(request.options)
        if (refusal !== undefined) {
          request.stats.recordCacheMiss()
          return rejectSoon(refusal)
        }
      }
      const flight = flights.run(key, load, callerOf(request))
      if (!isCoalesced) return flight
      request.stats.recordCoalesced()
      return flight.then(
        // an object of its own for each caller
        (prediction) => ({ ...prediction }),
        (error: unknown) => {
          // a row that came alone was refused; those of predictBatch wait for room
          const isRefused = isMLError(error) && error.code === 'QUEUE_FULL'
          if (isRefused && request.rowIndex !== undefined) return ask(request)
          throw error
        },
      )
    }
    return ask
  }
}

function callerOf({ signal, deadlineAtMs, options, state }: PredictionRequest): Caller {
  const { timeoutMs } = options
  // rows of predictBatch end by the signal that they share
  if (timeoutMs === undefined || state.kind === 'failed') return { signal, untilMs: deadlineAtMs }
  const { name } = state.engine
  return { signal, deadline: { atMs: deadlineAtMs, error: () => timeoutError(name, timeoutMs) } }
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

function loaded({ state }: PredictionRequest): EngineState & { kind: 'loaded' } {
  if (state.kind === 'loaded') return state
  throw state.error satisfies MLError
}
