// Matrices of rows in; every row's answer at once, by the breaker, counted and told, out.

import { isMLError, type MLError } from '../errors.ts'
import { isHeard } from '../observe/channels.ts'
import { directEngineOf } from './direct-engine.ts'
import type { DirectEngine } from './direct-predict.ts'
import type { SlotState } from './model-slot.ts'
import { predictionMessage, type RowOutcome } from './prediction-message.ts'
import type { ModelPredictorOptions } from './predictor-options.ts'
import { modelFailure } from './row-result.ts'
import { type MatrixAnswers, runMatrix, type RunSyncOptions } from './run-matrix.ts'

export type MatrixCall = {
  readonly matrix: Float64Array | Float32Array
  readonly rowCount: number
  readonly options: RunSyncOptions | undefined
}

/** @throws MLError */
export type SyncMatrix = (state: SlotState, call: MatrixCall) => MatrixAnswers

/** Without queue, cache, spans, shadow and rule. */
export function createSyncMatrix(predictor: ModelPredictorOptions): SyncMatrix {
  const { name, platform, publish, log, routing } = predictor
  const { clock } = platform

  /** What answers nothing is run again under the breaker, which tells the model's failure from that of a row. */
  function runGuarded(engine: DirectEngine, call: MatrixCall): MatrixAnswers {
    const { matrix, rowCount, options } = call
    if (engine.breaker.isUntroubled)
      try {
        return runMatrix(engine, matrix, rowCount, options)
      } catch (error) {
        if (isCallers(error)) throw error
      }
    const outcome = engine.breaker.guard(() => runTold(engine, call))
    if (isMLError(outcome)) throw outcome
    return outcome
  }

  /** @throws what the call is to blame for, and what the model is; the error of a row that has no answer is given */
  function runTold(engine: DirectEngine, { matrix, rowCount, options }: MatrixCall): MatrixAnswers | MLError {
    try {
      return runMatrix(engine, matrix, rowCount, options)
    } catch (error) {
      if (isCallers(error)) throw error
      if (isMLError(error) && engine.direct.isSound()) return error
      throw modelFailure(error, name)
    }
  }

  function tell(engine: DirectEngine, rowCount: number, latencyMs: number, outcome: RowOutcome): void {
    if (!isHeard(publish, 'prediction')) return
    const ended = { model: name, version: engine.version, latencyMs, requestId: undefined }
    for (let row = 0; row < rowCount; row++) publish('prediction', predictionMessage(ended, outcome))
  }

  /** One row's failure is that of all. */
  function recordFailure(engine: DirectEngine, call: MatrixCall, error: MLError, latencyMs: number): void {
    const { matrix } = call
    const { code, details } = error
    const rows = rowCountOf(call, engine.schema.features.length)
    engine.stats.recordError(code, clock.now(), rows)
    routing?.()?.statsOf(engine.version).recordError(code, clock.now(), rows)
    tell(engine, rows, latencyMs, { code })
    if (log === undefined) return
    const { features } = engine.schema
    const rowIndex = typeof details?.['row'] === 'number' ? details['row'] : undefined
    const row =
      rowIndex === undefined ? undefined : matrix.subarray(rowIndex * features.length, (rowIndex + 1) * features.length)
    const featureNames = features.map((feature) => feature.name)
    log.failed({ requestId: undefined, version: engine.version, rowIndex, row, featureNames }, error)
  }

  return (state, call) => {
    const startedAtMs = clock.now()
    const engine = directEngineOf(name, state)
    const { rowCount } = call
    let answers: MatrixAnswers
    try {
      answers = runGuarded(engine, call)
    } catch (error) {
      if (isMLError(error)) recordFailure(engine, call, error, clock.now() - startedAtMs)
      throw error
    }
    if (rowCount === 0) return answers
    const nowMs = clock.now()
    const latencyMs = nowMs - startedAtMs
    engine.direct.record(rowCount, latencyMs)
    engine.stats.recordAnswers(rowCount, 'model', latencyMs, nowMs)
    routing?.()?.statsOf(engine.version).recordAnswers(rowCount, 'model', latencyMs, nowMs)
    tell(engine, rowCount, latencyMs, { source: 'model' })
    return answers
  }
}

/** One where the call itself cannot be. */
function rowCountOf(
  { matrix, rowCount }: { readonly matrix: unknown; readonly rowCount: number },
  width: number,
): number {
  const isMatrix = matrix instanceof Float64Array || matrix instanceof Float32Array
  return isMatrix && Number.isInteger(rowCount) && rowCount > 0 && rowCount * width <= matrix.length ? rowCount : 1
}

/** What says nothing about the model. */
function isCallers(error: unknown): boolean {
  return isMLError(error) && error.code !== 'EXECUTION_FAILED'
}
