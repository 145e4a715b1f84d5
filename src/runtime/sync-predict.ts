// Synchronous calls of a predictor in: answers at once where a kernel computes the model in this thread, or an error that says why not.

import { createError, isMLError, type MLError } from '../errors.ts'
import { isHeard } from '../observe/channels.ts'
import { noVersion } from '../observe/stats.ts'
import type { VersionStats } from '../observe/version-stats.ts'
import { canFallBack } from '../resilience/fallback.ts'
import { type Prediction, predictionOf, type Row } from '../rows/prediction.ts'
import { assertRow } from '../rows/row-shape.ts'
import { directEngineOf } from './direct-engine.ts'
import type { DirectEngine, DirectPredict } from './direct-predict.ts'
import type { SlotState } from './model-slot.ts'
import type { PredictOptions } from './options.ts'
import { assertPredictOptions, isAborted, requestIdOf } from './predict-options.ts'
import { predictionMessage, type RowOutcome } from './prediction-message.ts'
import type { ModelPredictorOptions } from './predictor-options.ts'
import type { EngineState } from './request.ts'

/** @throws MLError; what rules throw */
export type SyncPredict = (state: SlotState, row: Row, options: PredictOptions) => Prediction

type DirectState = Exclude<EngineState, { kind: 'loaded' }> | { readonly kind: 'loaded'; readonly engine: DirectEngine }

type Call = { readonly row: Row; readonly options: PredictOptions; readonly startedAtMs: number }

/**
 * Answers without queue, cache, spans and shadow; with breaker, deadline, counters, channels, log, and the rule where the
 * model has no answer.
 */
export function createSyncPredict(predictor: ModelPredictorOptions, direct: DirectPredict): SyncPredict {
  const { name, stats, platform, publish, log, fallbackFor, routing, readerWithoutModel } = predictor
  const { clock } = platform

  function answerGuarded(engine: DirectEngine, { row, options, startedAtMs }: Call): Prediction {
    assertCall(options)
    const { signal, timeoutMs = Infinity, strict } = options
    const canonical = new Float64Array(engine.reader.width)
    engine.reader.read(row, canonical, 0, { strict })
    const deadlineAtMs = startedAtMs + timeoutMs
    const counted = routing?.()?.statsOf(engine.version)
    try {
      const answer = engine.answerNow({
        canonical,
        rowIndex: undefined,
        signal,
        deadlineAtMs,
        wanted: undefined,
        options,
      })
      counted?.recordAnswer('model', clock.now() - startedAtMs)
      return predictionOf(engine.origin('model'), answer)
    } catch (error) {
      if (isMLError(error)) counted?.recordError(error.code)
      else counted?.recordAbort()
      throw error
    }
  }

  /** What is wrong with the call goes before what is wrong with the model, as everywhere. */
  function refuseWithoutModel(error: MLError, { row, options }: Call): never {
    assertCall(options)
    if (readerWithoutModel === undefined) assertRow(row, undefined)
    else readerWithoutModel.read(row, new Float64Array(readerWithoutModel.width), 0, { strict: options.strict })
    throw error
  }

  function answerByRule(state: EngineState, row: Row, error: MLError): Prediction {
    const fallback = canFallBack(error) ? fallbackFor(state) : undefined
    if (fallback === undefined) throw error
    statsOf(state).recordFallbackCause(error.code)
    const answer = fallback.answer(row, error)
    if (!(answer instanceof Promise)) return answer
    answer.catch(() => undefined)
    throw createError(
      'NOT_SYNCHRONOUS',
      `${name} has no answer (${error.message}), and its rule ${fallback.ruleName} gives a promise; await predict`,
      { details: { model: name }, cause: error },
    )
  }

  function statsOf(state: EngineState): VersionStats {
    return state.kind === 'loaded' ? state.engine.stats : stats.of(noVersion)
  }

  /** By the breaker and, where the model has no answer, the rule; counted and told as the stages do. */
  function answerObserved(state: DirectState, call: Call): Prediction {
    const engine = state.kind === 'loaded' ? state.engine : undefined
    const { row, options, startedAtMs } = call
    const requestId = requestIdOf(options)
    const version = engine?.version ?? null
    const featureNames = engine?.schema.features.map((feature) => feature.name) ?? []
    const logged = { requestId, version, rowIndex: undefined, row, featureNames }
    const tell = (outcome: RowOutcome): void => {
      if (!isHeard(publish, 'prediction')) return
      const latencyMs = clock.now() - startedAtMs
      publish('prediction', predictionMessage({ model: name, version, latencyMs, requestId }, outcome))
    }
    try {
      let prediction: Prediction
      try {
        prediction = state.kind === 'failed' ? refuseWithoutModel(state.error, call) : answerGuarded(state.engine, call)
      } catch (error) {
        if (!isMLError(error)) throw error
        prediction = answerByRule(state, row, error)
        log?.fellBack(logged, prediction)
      }
      const nowMs = clock.now()
      statsOf(state).recordAnswer(prediction.source, nowMs - startedAtMs, nowMs)
      tell({ source: prediction.source })
      return prediction
    } catch (error) {
      const code = isMLError(error) ? error.code : isAborted(options) ? undefined : 'EXECUTION_FAILED'
      if (code === undefined) statsOf(state).recordAbort()
      else {
        statsOf(state).recordError(code)
        log?.failed(logged, error)
      }
      tell({ code })
      throw error
    }
  }

  return (state, row, options) => {
    const startedAtMs = clock.now()
    if (state.kind === 'failed') return answerObserved(state, { row, options, startedAtMs })
    const engine = directEngineOf(name, state)
    const plain = direct.engineFor(state, options, 'no cache')
    const answer = plain && direct.answer(plain, row, options)
    return answer ?? answerObserved({ kind: 'loaded', engine }, { row, options, startedAtMs })
  }
}

function assertCall(options: PredictOptions): void {
  assertPredictOptions(options)
  options.signal?.throwIfAborted()
}
