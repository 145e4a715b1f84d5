// Synchronous calls of a predictor in: answers at once where a kernel computes the model in this thread, or an error that says why not.

import { createError, isMLError, type MLError } from '../errors.ts'
import { isHeard } from '../observe/channels.ts'
import { canFallBack } from '../resilience/fallback.ts'
import { type Prediction, predictionOf, type Row } from '../rows/prediction.ts'
import type { DirectEngine, DirectPredict } from './direct-predict.ts'
import type { Engine } from './engine.ts'
import type { SlotState } from './model-slot.ts'
import type { PredictOptions } from './options.ts'
import { assertPredictOptions } from './predict-options.ts'
import type { ModelPredictorOptions } from './predictor-options.ts'
import { type MatrixAnswers, runMatrix, type RunSyncOptions } from './run-matrix.ts'

/** An engine with a kernel in this thread. */
export function directEngineOf(name: string, state: SlotState): DirectEngine {
  if (state.kind === 'failed') throw state.error
  if (state.kind === 'loaded' && state.engine.direct !== undefined) return state.engine as DirectEngine
  throw createError('NOT_SYNCHRONOUS', `${name} cannot answer synchronously: ${reasonOf(state)}`, {
    details: { model: name },
  })
}

function reasonOf(state: Exclude<SlotState, { kind: 'failed' }>): string {
  if (state.kind === 'asleep') return 'it was unloaded to make room; await predict, which loads it again'
  const { picked, candidates } = state.engine.choice
  const kernel = candidates.find(({ name }) => name === 'kernel')
  const why =
    kernel === undefined
      ? `it was asked for on ${picked}, and only backend 'kernel' or 'auto' computes in this thread by a kernel`
      : picked === 'kernel'
        ? 'its kernel computes in threads of its own'
        : `it runs on ${picked}; the kernel: ${kernel.reason}`
  return `${why}. Await predict or predictBatch`
}

export type MatrixCall = {
  readonly matrix: Float64Array | Float32Array
  readonly rowCount: number
  readonly options: RunSyncOptions | undefined
}

export type SyncPredict = {
  /** @throws MLError; what rules throw */
  predictSync(state: SlotState, row: Row, options: PredictOptions): Prediction
  runSync(state: SlotState, call: MatrixCall): MatrixAnswers
}

/**
 * Answers without queue, cache, spans and shadow; with breaker, deadline, counters, channels, log, and the rule where the
 * model has no answer.
 */
export function createSyncPredict(predictor: ModelPredictorOptions, direct: DirectPredict): SyncPredict {
  const { name, platform, publish, log, fallbackFor } = predictor
  const { clock } = platform

  function answerGuarded(engine: DirectEngine, row: Row, options: PredictOptions): Prediction {
    assertPredictOptions(options)
    options.signal?.throwIfAborted()
    const deadlineAtMs = clock.now() + (options.timeoutMs ?? Infinity)
    const canonical = new Float64Array(engine.reader.width)
    engine.reader.read(row, canonical, 0, { ...(options.strict !== undefined && { strict: options.strict }) })
    const asked = { canonical, rowIndex: undefined, signal: undefined, deadlineAtMs, wanted: undefined, options }
    return predictionOf(engine.origin('model'), engine.answerNow(asked))
  }

  function answerByRule(engine: Engine, row: Row, error: MLError): Prediction {
    const fallback = canFallBack(error) ? fallbackFor({ kind: 'loaded', engine }) : undefined
    if (fallback === undefined) throw error
    engine.stats.recordFallbackCause(error.code)
    const answer = fallback.answer(row, error)
    if (!(answer instanceof Promise)) return answer
    answer.catch(() => undefined)
    throw createError(
      'NOT_SYNCHRONOUS',
      `${name} has no answer (${error.message}), and its rule ${fallback.ruleName} gives a promise; await predict`,
      { details: { model: name }, cause: error },
    )
  }

  return {
    runSync(state, { matrix, rowCount, options }) {
      const startedAtMs = clock.now()
      const engine = directEngineOf(name, state)
      try {
        engine.breaker.gate()
        const answers = runMatrix(engine, matrix, rowCount, options)
        const nowMs = clock.now()
        engine.direct.record(rowCount, nowMs - startedAtMs)
        engine.stats.recordAnswers(rowCount, 'model', nowMs - startedAtMs, nowMs)
        return answers
      } catch (error) {
        if (isMLError(error)) engine.stats.recordError(error.code)
        throw error
      }
    },
    predictSync(state, row, options) {
      const startedAtMs = clock.now()
      const engine = directEngineOf(name, state)
      const answered = direct.engineFor(state, options, 'no cache')
      const answer = answered && direct.answer(answered, row, options)
      if (answer !== undefined) return answer
      const requestId = typeof options?.requestId === 'string' ? options.requestId : undefined
      const tell = (outcome: { readonly source: Prediction['source'] } | { readonly code: MLError['code'] }): void => {
        if (!isHeard(publish, 'prediction')) return
        const latencyMs = clock.now() - startedAtMs
        publish('prediction', {
          model: name,
          version: engine.version,
          latencyMs,
          ...(requestId !== undefined && { requestId }),
          ...outcome,
        })
      }
      const featureNames = engine.schema.features.map((feature) => feature.name)
      const logged = { requestId, version: engine.version, rowIndex: undefined, row, featureNames }
      try {
        let prediction: Prediction
        try {
          prediction = answerGuarded(engine, row, options)
        } catch (error) {
          if (!isMLError(error)) throw error
          prediction = answerByRule(engine, row, error)
          log?.fellBack(logged, prediction)
        }
        const nowMs = clock.now()
        engine.stats.recordAnswer(prediction.source, nowMs - startedAtMs, nowMs)
        tell({ source: prediction.source })
        return prediction
      } catch (error) {
        if (isMLError(error)) {
          engine.stats.recordError(error.code)
          log?.failed(logged, error)
          tell({ code: error.code })
        } else engine.stats.recordAbort()
        throw error
      }
    },
  }
}
