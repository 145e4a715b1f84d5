// A model as its users see it: rows in, predictions out, through the stages listed here.

import type { ModelSchema } from '../artifact/schema.ts'
import { createError, isMLError, type MLError } from '../errors.ts'
import { noVersion } from '../observe/stats.ts'
import type { VersionStats } from '../observe/version-stats.ts'
import { withDeadline } from '../resilience/deadline.ts'
import type { Prediction, Row } from '../rows/prediction.ts'
import { predictSlices } from './batch-prediction.ts'
import { cached } from './cached-stage.ts'
import { ClosingGate } from './closing-gate.ts'
import { createDirectPredict, type DirectPredict } from './direct-predict.ts'
import { predictDirectly } from './direct-batch.ts'
import { earlyRefusal } from './early-refusal.ts'
import type { Explanation, ExplainOptions } from '../explain/explanation.ts'
import { createExplainRow, type ExplainRow } from './explain-row.ts'
import { endingWith, observed } from './observed.ts'
import { healthOf } from './health-of.ts'
import type { ModelHealth } from './model-health.ts'
import type { PredictOptions } from './options.ts'
import type { Platform } from './platform.ts'
import type { ModelTypes, RowOf } from './model-types.ts'
import type { ModelPredictorOptions } from './predictor-options.ts'
import { faultOf } from './predict-options.ts'
import { type Asleep, awakeState, type SlotState } from './model-slot.ts'
import type { Handler, PredictionRequest } from './request.ts'
import { routed } from './routing.ts'
import type { MatrixAnswers, RunSyncOptions } from './run-matrix.ts'
import { createSyncMatrix, type SyncMatrix } from './sync-matrix.ts'
import { createSyncPredict, type SyncPredict } from './sync-predict.ts'
import { batched, gated, leased, optionsChecked, rowRead, withFallback, withTimeout } from './stages.ts'

const noRow = new Float64Array(0)
const noOptions: PredictOptions = {}

/** Rows answered by a rule at once, before other callers get a turn. */
const sliceRowsWithoutModel = 1024

/** Answers rows; get one from `loadModel` or from a registry. TTypes: its rows and predictions, where somebody says so. */
export class ModelPredictor<TTypes extends ModelTypes = ModelTypes> {
  readonly name: string
  readonly #options: ModelPredictorOptions
  readonly #handle: Handler
  readonly #direct: DirectPredict
  readonly #predictNow: SyncPredict
  readonly #runNow: SyncMatrix
  readonly #explain: ExplainRow
  readonly #gate = new ClosingGate()
  #isClosed = false
  #closing: Promise<void> | undefined

  constructor(options: ModelPredictorOptions) {
    const { name, cache, platform, publish, log } = options
    const { clock } = platform
    this.name = name
    this.#options = options
    this.#direct = createDirectPredict(options, noOptions)
    this.#predictNow = createSyncPredict(options, this.#direct)
    this.#runNow = createSyncMatrix(options)
    this.#explain = createExplainRow(options)
    // a cache may answer also where the model cannot
    const refusalOf = cache === undefined ? earlyRefusal(options) : undefined
    const stages = [
      observed({ model: name, clock, publish, log, tracing: platform.tracing, refusalOf }),
      optionsChecked(),
      rowRead(options.readerWithoutModel),
      withTimeout({ model: name, clock, fallbackFor: options.fallbackFor }),
      withFallback(options.fallbackFor, options.gate ?? this.#gate),
      ...(options.routing === undefined ? [] : [routed(options.routing, clock)]),
      leased(cache !== undefined),
      ...(cache === undefined ? [] : [cached({ ...cache, clock })]),
      gated(),
    ]
    this.#handle = stages.reduceRight<Handler>((next, stage) => stage(next), batched())
  }

  /** Features, classes and outputs; those of service.json while the model is not loaded. */
  get schema(): ModelSchema | undefined {
    const state = this.#current()
    if (state.kind === 'asleep') return state.schema
    return state.kind === 'loaded' ? state.engine.schema : this.#options.schemaWithoutModel
  }

  /** Version that answers now; null while the model is not loaded. */
  get version(): string | null {
    const state = this.#current()
    if (state.kind === 'asleep') return state.version
    return state.kind === 'loaded' ? state.engine.version : null
  }

  /**
   * Answers one row.
   * @throws INPUT_INVALID for a row or option that does not fit; QUEUE_FULL, DEADLINE_EXCEEDED, BREAKER_OPEN,
   *   EXECUTION_FAILED, OUT_OF_MEMORY or a load error where no fallback answers; CLOSED; `signal.reason` when aborted
   * @example
   * const { label, probabilities } = await model.predict({ state: 'OH', total_day_minutes: 265.1, … })
   */
  predict(row: RowOf<TTypes>, options?: PredictOptions): Promise<TTypes['prediction']>
  predict(row: Row, options: PredictOptions = noOptions): Promise<Prediction> {
    if (this.#isClosed) return Promise.reject(this.#closedError())
    const state = this.#options.state()
    if (state.kind === 'asleep') return this.#predictWhenAwake(state, row, options)
    const engine = this.#direct.engineFor(state, options)
    if (engine?.isFastestAlone !== true || !this.#direct.hasTurnLeft)
      return this.#handle(this.#request(row, undefined, { options, state }))
    const { timeoutMs } = options
    const deadlineAtMs = typeof timeoutMs === 'number' ? this.#options.platform.clock.now() + timeoutMs : Infinity
    const prediction = this.#direct.answer(engine, row, options)
    if (prediction !== undefined) return Promise.resolve(prediction)
    // what the run at once has taken is gone
    return this.#handle({ ...this.#request(row, undefined, { options, state }), deadlineAtMs })
  }

  /**
   * Answers one row at once, where a kernel computes the model in this thread: no promise, queue, cache, span or shadow;
   * breaker, deadline, counters, channels and log as for `predict`. A rule answers where the model cannot.
   * @throws NOT_SYNCHRONOUS where no kernel in this thread computes the model; else as `predict`
   */
  predictSync(row: RowOf<TTypes>, options?: PredictOptions): TTypes['prediction']
  predictSync(row: Row, options: PredictOptions = noOptions): Prediction {
    this.#assertOpen()
    return this.#predictNow(this.#options.state(), row, options)
  }

  /**
   * Answers all rows of a matrix at once into typed arrays, where a kernel computes the model in this thread: row-major
   * [rowCount, features], string categories by index, NaN for missing. One bad row fails the call; no rule answers, no cache
   * is asked.
   * @throws NOT_SYNCHRONOUS where no kernel in this thread computes the model; INPUT_INVALID with `details.row`;
   *   BREAKER_OPEN; EXECUTION_FAILED; CLOSED
   * @example
   * const { probabilities } = model.runSync(matrix, 4096)
   */
  runSync(matrix: Float64Array | Float32Array, rowCount: number, options?: RunSyncOptions): MatrixAnswers {
    this.#assertOpen()
    return this.#runNow(this.#options.state(), { matrix, rowCount, options })
  }

  /**
   * Answers many rows, all by one version: one entry a row, in their order, a Prediction or the MLError of that row
   * alone. More rows than the queue holds are fed in slices. An option that cannot be is the error of every row.
   * @throws CLOSED; INPUT_INVALID where `rows` is no array; `signal.reason` when aborted
   */
  predictBatch(rows: readonly RowOf<TTypes>[], options?: PredictOptions): Promise<(TTypes['prediction'] | MLError)[]>
  async predictBatch(rows: readonly Row[], options: PredictOptions = noOptions): Promise<(Prediction | MLError)[]> {
    if (!Array.isArray(rows))
      throw createError('INPUT_INVALID', `predictBatch expects an array of rows, got ${typeof rows}`)
    this.#assertOpen()
    const fault = faultOf(options)
    if (fault !== undefined) {
      const stats = this.#statsOf(this.#current())
      return rows.map(() => {
        stats.recordError(fault.code)
        return fault
      })
    }
    options.signal?.throwIfAborted()
    const { clock } = this.#options.platform
    const { timeoutMs: wholeMs, signal, ...perRow } = options
    // a signal alone is late where a timer is: in a thread that was busy a run may begin before it
    const deadlineAtMs = clock.now() + (wholeMs ?? Infinity)
    const first = this.#options.state()
    if (first.kind === 'asleep')
      try {
        await withDeadline({ ...options, ...this.#named() }, first.wake)
      } catch (error) {
        for (let row = 0; row < rows.length; row++) this.#countUnasked(first, error)
        if (!isMLError(error) || error.code === 'CLOSED') throw error
        return rows.map(() => error)
      }
    const state = first.kind === 'asleep' ? awakeState(first, this.name) : first
    // what waking took is gone; a timer of no time is one that fires at once
    const timeoutMs = wholeMs === undefined ? undefined : Math.max(deadlineAtMs - clock.now(), Number.MIN_VALUE)
    const predictOne = (index: number, joined: AbortSignal | undefined) =>
      this.#handle({
        ...this.#request(rows[index], index, { options: perRow, state }),
        signal: joined,
        deadlineAtMs,
        span,
      })
    const span = this.#options.platform.tracing?.startRequest(this.name, rows.length, options.requestId)
    const direct = this.#direct.engineFor(state, options)
    if (direct !== undefined && rows.length <= direct.mostDirectRows)
      return direct.lease(() =>
        predictDirectly(this.#options, { engine: direct, rows, options, deadlineAtMs, predictOne }),
      )
    const isLoaded = state.kind === 'loaded'
    const predictAll = () =>
      predictSlices(rows.length, predictOne, {
        timeoutMs,
        signal,
        clock,
        model: this.name,
        sliceRows: isLoaded ? state.engine.sliceRows : sliceRowsWithoutModel,
      })
    // one version for all rows, which a swap meanwhile leaves loaded until the last of them has its answer
    const answers = isLoaded ? state.engine.lease(predictAll) : predictAll()
    return span === undefined ? answers : endingWith(answers, span, state)
  }

  /**
   * Why the model answers a row as it does: what each feature adds to its raw output, `base + Σ contributions`.
   * @throws UNSUPPORTED where no method fits the model; INPUT_INVALID; CLOSED; a load error, as no rule explains; `signal.reason`
   */
  explain(row: RowOf<TTypes>, options?: ExplainOptions): Promise<Explanation>
  explain(row: Row, options: ExplainOptions = {}): Promise<Explanation> {
    return this.#isClosed ? Promise.reject(this.#closedError()) : this.#explain(row, options)
  }

  /** What the model is doing, judged by its recent requests. */
  getHealth(): ModelHealth {
    const state: SlotState = this.#isClosed ? { kind: 'failed', error: this.#closedError() } : this.#current()
    return healthOf(this.#options, state)
  }

  /**
   * Settles every pending call and gives back what only this predictor holds; closing twice is fine. A predictor of a
   * registry takes no further calls, and those under way get their answers: closing the registry settles them. A thread or
   * process that a backend computes in stays for 5 seconds after its last model, and does not keep this process alive.
   */
  close(): Promise<void> {
    this.#isClosed = true
    this.#gate.close(this.#closedError())
    this.#closing ??= this.#options.onClose()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #request(
    row: Row,
    rowIndex: number | undefined,
    { options, state }: Pick<PredictionRequest, 'options' | 'state'>,
  ): PredictionRequest {
    return {
      row,
      rowIndex,
      options,
      signal: undefined,
      deadlineAtMs: Infinity,
      wanted: undefined,
      state,
      stats: this.#statsOf(state),
      span: undefined,
      canonical: noRow,
    }
  }

  #statsOf(state: SlotState): VersionStats {
    if (state.kind === 'loaded') return state.engine.stats
    return this.#options.stats.of(state.kind === 'asleep' ? state.version : noVersion)
  }

  #current(): SlotState {
    return (this.#options.current ?? this.#options.state)()
  }

  /** The caller's deadline holds while the model is loaded again. */
  #predictWhenAwake(asleep: Asleep, row: Row, options: PredictOptions): Promise<Prediction> {
    const fault = faultOf(options)
    if (fault !== undefined) return Promise.reject(fault)
    const { timeoutMs, signal, ...rest } = options
    let isAsked = false
    const answer = withDeadline({ timeoutMs, signal, ...this.#named() }, async (joined) => {
      await asleep.wake()
      isAsked = true
      const state = awakeState(asleep, this.name)
      return this.#handle(this.#request(row, undefined, { options: { ...rest, signal: joined }, state }))
    })
    return answer.catch((error: unknown) => {
      if (!isAsked) this.#countUnasked(asleep, error)
      throw error
    })
  }

  /** A row that ended while its model was loaded again: no stage has seen it. */
  #countUnasked(asleep: Asleep, error: unknown): void {
    const stats = this.#statsOf(asleep)
    if (isMLError(error)) stats.recordError(error.code)
    else stats.recordAbort()
  }

  #named(): { clock: Platform['clock']; model: string } {
    return { clock: this.#options.platform.clock, model: this.name }
  }

  #assertOpen(): void {
    if (this.#isClosed) throw this.#closedError()
  }

  #closedError(): MLError {
    return createError('CLOSED', `the predictor of ${this.name} is closed`)
  }
}

export { isPrediction } from './is-prediction.ts'
