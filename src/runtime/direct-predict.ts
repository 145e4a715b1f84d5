// Requests for a model that a kernel computes in this thread in; their predictions at once, without queue or promise, out.

import { isHeard } from '../observe/channels.ts'
import { type Prediction, predictionOf, type Row } from '../rows/prediction.ts'
import type { DirectRun } from './direct-run.ts'
import type { Engine } from './engine.ts'
import type { SlotState } from './model-slot.ts'
import type { PredictOptions } from './options.ts'
import { assertPredictOptions } from './predict-options.ts'
import { predictionMessage } from './prediction-message.ts'
import type { ModelPredictorOptions } from './predictor-options.ts'
import { createTurnShare } from './turn-share.ts'

/** An engine that answers at once, as long as nothing that the stages are for has to be done. */
export type DirectEngine = Engine & { readonly direct: DirectRun }

export type DirectPredict = {
  /** False where answers at once have taken so much of this turn of the event loop that others must have theirs. */
  readonly hasTurnLeft: boolean
  /** The engine of `state`, where a request with such options needs none of the stages; undefined where it does. */
  engineFor(state: SlotState, options: PredictOptions, caching?: 'no cache'): DirectEngine | undefined
  /** Undefined where the row has no answer this way: the stages then say why, and count it. */
  answer(engine: DirectEngine, row: Row, options: PredictOptions): Prediction | undefined
}

export function createDirectPredict(options: ModelPredictorOptions, noOptions: PredictOptions): DirectPredict {
  const { name, cache, platform, publish, routing } = options
  const { clock, tracing } = platform
  const turn = createTurnShare(platform.defer)

  function isPlain(engine: Engine, asked: PredictOptions, caching: 'no cache' | undefined): boolean {
    if (tracing !== undefined || !engine.breaker.isUntroubled || routing?.() !== undefined) return false
    if (asked.signal?.aborted === true) return false
    if (cache === undefined || caching !== undefined || asked.useCache === false) return true
    return asked.useCache !== true && cache.worth.passesBy(engine.runMs)
  }

  /** Options may be anything at all; the stages say what is wrong with them. */
  function isPlainCall(engine: Engine, asked: unknown, caching: 'no cache' | undefined): boolean {
    try {
      return typeof asked === 'object' && asked !== null && isPlain(engine, asked, caching)
    } catch {
      return false
    }
  }

  return {
    get hasTurnLeft() {
      return turn.hasLeft
    },
    engineFor(state, asked, caching) {
      if (state.kind !== 'loaded' || state.engine.direct === undefined) return undefined
      const { engine } = state
      return !engine.isClosed && isPlainCall(engine, asked, caching) ? (engine as DirectEngine) : undefined
    },
    answer(engine, row, asked) {
      const startedAtMs = clock.now()
      try {
        if (asked !== noOptions) assertPredictOptions(asked)
        const answer = engine.direct.answerRow(engine.reader, row, asked)
        // a getter of the row may have ended the call
        if (asked.signal?.aborted === true) return undefined
        const nowMs = clock.now()
        const latencyMs = nowMs - startedAtMs
        if (asked.timeoutMs !== undefined && latencyMs >= asked.timeoutMs) return undefined
        engine.stats.recordAnswer('model', latencyMs, nowMs)
        turn.spend(latencyMs)
        if (isHeard(publish, 'prediction')) {
          const ended = { model: name, version: engine.version, latencyMs, requestId: asked.requestId }
          publish('prediction', predictionMessage(ended, { source: 'model' }))
        }
        return predictionOf(engine.origin('model'), answer)
      } catch {
        // whatever it is, the stages meet it again, and give it to whoever must know
        return undefined
      }
    },
  }
}
