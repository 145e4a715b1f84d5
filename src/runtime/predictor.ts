// A model as its users see it: rows in, predictions out, through the stages listed here.

import type { ModelSchema } from '../artifact/schema.ts'
import { createError, isMLError, type MLError } from '../errors.ts'
import type { Publish } from '../observe/channels.ts'
import type { ModelStats } from '../observe/stats.ts'
import type { Fallback } from '../resilience/fallback.ts'
import type { Prediction, Row } from '../rows/prediction.ts'
import type { RowReader } from '../rows/read-row.ts'
import { predictSlices } from './batch-prediction.ts'
import { describeHealth, type ModelHealth } from './model-health.ts'
import type { PredictOptions } from './options.ts'
import type { Platform } from './platform.ts'
import { assertPredictOptions } from './predict-options.ts'
import type { EngineState, Handler, PredictionRequest } from './request.ts'
import type { SharedCache } from './shared-cache.ts'
import { batched, cached, gated, leased, observed, rowRead, withFallback, withTimeout } from './stages.ts'

export type ModelPredictorOptions = {
  readonly name: string
  /** The engine that answers now; asked once a request, so that a swap takes effect at the next one. */
  readonly state: () => EngineState
  readonly fallbackFor: (state: EngineState) => Fallback | undefined
  /** Reads rows while there is no engine; undefined where no schema is known. */
  readonly readerWithoutModel?: RowReader
  readonly schemaWithoutModel?: ModelSchema
  readonly cache: SharedCache | undefined
  readonly stats: ModelStats
  readonly platform: Platform
  readonly publish: Publish
  readonly latencyTargetMs?: number
  /** Called once by the first close. */
  readonly onClose: () => Promise<void>
}

const noRow = new Float64Array(0)
const noOptions: PredictOptions = {}

/** Rows answered by a rule at once, before other callers get a turn. */
const sliceRowsWithoutModel = 1024

/** Answers rows; get one from `loadModel` or from a registry. */
export class ModelPredictor {
  readonly name: string
  readonly #options: ModelPredictorOptions
  readonly #handle: Handler
  #isClosed = false
  #closing: Promise<void> | undefined

  constructor(options: ModelPredictorOptions) {
    const { name, cache, stats, platform, publish } = options
    const { clock } = platform
    this.name = name
    this.#options = options
    const stages = [
      observed(name, stats, clock, publish),
      rowRead(options.readerWithoutModel),
      withTimeout(name, clock),
      withFallback(options.fallbackFor, stats),
      leased(cache !== undefined),
      ...(cache === undefined ? [] : [cached({ ...cache, stats, clock })]),
      gated(),
    ]
    this.#handle = stages.reduceRight<Handler>((next, stage) => stage(next), batched())
  }

  /** Features, classes and outputs; those of service.json while the model is not loaded. */
  get schema(): ModelSchema | undefined {
    const state = this.#options.state()
    return state.kind === 'loaded' ? state.engine.schema : this.#options.schemaWithoutModel
  }

  /** Version that answers now; null while the model is not loaded. */
  get version(): string | null {
    const state = this.#options.state()
    return state.kind === 'loaded' ? state.engine.version : null
  }

  /**
   * Answers one row.
   * @throws INPUT_INVALID for a row or option that does not fit; QUEUE_FULL, DEADLINE_EXCEEDED, BREAKER_OPEN,
   *   EXECUTION_FAILED, OUT_OF_MEMORY or a load error where no fallback answers; CLOSED; `signal.reason` when aborted
   * @example
   * const { label, probabilities } = await model.predict({ state: 'OH', total_day_minutes: 265.1, … })
   */
  predict(row: Row, options: PredictOptions = noOptions): Promise<Prediction> {
    if (this.#isClosed) return Promise.reject(this.#closedError())
    return this.#handle(this.#request(row, undefined, options))
  }

  /**
   * Answers many rows: one entry a row, in their order, a Prediction or the MLError of that row alone. More rows than
   * the queue holds are fed in slices. An option that cannot be is the error of every row.
   * @throws CLOSED; INPUT_INVALID where `rows` is no array; `signal.reason` when aborted
   */
  async predictBatch(rows: readonly Row[], options: PredictOptions = noOptions): Promise<(Prediction | MLError)[]> {
    if (!Array.isArray(rows))
      throw createError('INPUT_INVALID', `predictBatch expects an array of rows, got ${typeof rows}`)
    if (this.#isClosed) throw this.#closedError()
    const fault = faultOf(options)
    if (fault !== undefined) return rows.map(() => fault)
    options.signal?.throwIfAborted()
    const state = this.#options.state()
    const { timeoutMs, signal, ...perRow } = options
    const predictOne = (index: number, joined: AbortSignal | undefined) =>
      this.#handle({ ...this.#request(rows[index], index, perRow), signal: joined })
    return predictSlices(rows.length, predictOne, {
      timeoutMs,
      signal,
      clock: this.#options.platform.clock,
      model: this.name,
      sliceRows: state.kind === 'loaded' ? state.engine.sliceRows : sliceRowsWithoutModel,
    })
  }

  /** What the model is doing, judged by its recent requests. */
  getHealth(): ModelHealth {
    const { name, stats, cache, latencyTargetMs, state, fallbackFor } = this.#options
    const current: EngineState = this.#isClosed ? { kind: 'failed', error: this.#closedError() } : state()
    return describeHealth({
      name,
      state: current,
      stats: stats.snapshot(),
      cache,
      fallbackRule: fallbackFor(current)?.ruleName,
      latencyTargetMs,
    })
  }

  /** Settles every pending call and gives back what only this predictor holds; closing twice is fine. */
  close(): Promise<void> {
    this.#isClosed = true
    this.#closing ??= this.#options.onClose()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #request(row: Row, rowIndex: number | undefined, options: PredictOptions): PredictionRequest {
    return { row, rowIndex, options, signal: undefined, state: this.#options.state(), canonical: noRow }
  }

  #closedError(): MLError {
    return createError('CLOSED', `the predictor of ${this.name} is closed`)
  }
}

function faultOf(options: PredictOptions): MLError | undefined {
  try {
    assertPredictOptions(options)
    return undefined
  } catch (error) {
    if (isMLError(error)) return error
    throw error
  }
}

/** True for the entries of predictBatch that have an answer. */
export function isPrediction(entry: Prediction | MLError): entry is Prediction {
  return !isMLError(entry)
}
