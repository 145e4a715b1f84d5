// The stage of the cache: a row that it has is answered, equal rows that it lacks are run once, by what comes after it.

import { rejectSoon } from '../batching/reject-soon.ts'
import type { Found } from '../cache/cache-port.ts'
import type { Caller, Load, Wanted } from '../cache/single-flight.ts'
import { isMLError } from '../errors.ts'
import type { Clock } from '../observe/clock.ts'
import type { StopSignal } from '../observe/stop-signal.ts'
import { timeoutError } from '../resilience/deadline.ts'
import { answerOf, type Prediction, predictionOf } from '../rows/prediction.ts'
import type { PredictOptions } from './options.ts'
import { type Handler, loaded, type PredictionRequest, type Stage } from './request.ts'
import type { SharedCache } from './shared-cache.ts'

export type CachedOptions = Omit<SharedCache, 'close'> & { readonly clock: Clock }

/** Callers go before runs that nobody waits for. */
const lowPriority = { priority: 'low' } as const satisfies PredictOptions

/**
 * Remembers answers of the model by row; equal rows asked for at once run once. Rows that are looked up in the same turn,
 * as those of predictBatch are, share a call to the cache, and those that it does not have share a run.
 */
export function cached({ cache, worth, flights, renewals, clock }: CachedOptions): Stage {
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
        const refusal = engine.refusalOf(request.options, clock.now())
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
