// One loaded version of a model: canonical rows in, answers out, through batch, guard and execute.

import type { Artifact } from '../artifact/artifact.ts'
import type { ModelSchema } from '../artifact/schema.ts'
import type { BackendChoice } from '../backend/choice/backend-choice.ts'
import { probeRows } from '../backend/choice/probe.ts'
import { isOverBudget } from '../backend/run-budget.ts'
import { type Batcher, createBatcher } from '../batching/batcher.ts'
import type { BatchOutcome } from '../batching/batch-outcome.ts'
import { resolveBatchingOptions } from '../batching/batching-options.ts'
import type { BatcherCost } from '../batching/pace.ts'
import { type BatchRun, mayBeRowFault } from '../batching/run-jobs.ts'
import type { KeyKind, RowKey } from '../cache/cache-key.ts'
import { createError, type MLError } from '../errors.ts'
import { createExplainer, type Explainer } from '../explain/explainer.ts'
import type { VersionStats } from '../observe/version-stats.ts'
import { type Breaker, createBreaker } from '../resilience/breaker.ts'
import { timeoutError } from '../resilience/deadline.ts'
import { createDecoder } from '../rows/decode.ts'
import type { Answer, Origin } from '../rows/prediction.ts'
import { createRowReader, type RowReader } from '../rows/read-row.ts'
import { BatchWatch } from './batch-watch.ts'
import { type CheckedRun, createCheckedRun } from './checked-run.ts'
import { batchingOf, type EngineOptions, type EngineRow } from './engine-options.ts'
import { Leases } from './leases.ts'
import { createDirectRun, type DirectRun } from './direct-run.ts'
import { createLoadedModel, type LoadedModel } from './loaded-model.ts'
import { createOneTimer, type OneTimer } from './one-timer.ts'
import type { PredictOptions } from './options.ts'
import { type RowResult, valueOf } from './row-result.ts'
import { rowKeys } from './row-keys.ts'
import { timeDirect } from './time-direct.ts'
import { type MeasuredRun, warmSizes, warmUp } from './warm-up.ts'

const noRow = new Float64Array(0)

/** A model, the rows that warmed it, and what runs then cost. */
type Warmed = {
  readonly model: LoadedModel
  readonly rows: readonly Float64Array[]
  readonly measured: readonly MeasuredRun[]
}

export class Engine {
  readonly name: string
  readonly version: string
  readonly schema: ModelSchema
  readonly artifact: Artifact
  readonly reader: RowReader
  readonly breaker: Breaker
  /** Of this version, whichever engine runs it and whoever asks. */
  readonly stats: VersionStats
  /** Milliseconds of a run of one row, measured when the engine was warmed. */
  readonly runMs: number
  /** Whether to run a row by itself costs less than to let it wait for others. */
  readonly isFastestAlone: boolean
  /** Rows of one predictBatch under way at once: half the queue, so that two such calls fit beside each other. */
  readonly sliceRows: number
  /** Rows of the largest batch that its options allow. */
  readonly maxBatchRows: number
  /** Runs at once and in this thread; undefined where no kernel does. */
  readonly direct: DirectRun | undefined
  readonly explain: Explainer
  readonly #model: LoadedModel
  /** Rows that the model answers. */
  readonly #knownRows: readonly Float64Array[]
  readonly #options: EngineOptions
  readonly #batcher: Batcher<Float64Array, Answer>
  readonly #origins: Readonly<Record<'model' | 'cache', Origin>>
  readonly #rowKeys: Readonly<Record<KeyKind, RowKey>>
  readonly #leases = new Leases()
  #endBatch: ReturnType<Breaker['begin']> | undefined
  readonly #batches: BatchWatch
  /** Of the run under way: batches come one after the other. */
  readonly #budgetTimer: OneTimer
  readonly #run: CheckedRun
  #isClosed = false

  /** Warms the backend with the artifact's own check rows, at the batch sizes that will come. */
  static async start(options: EngineOptions): Promise<Engine> {
    const { selected, serving, platform } = options
    const artifact = selected.summed?.artifact ?? options.artifact
    const model = createLoadedModel(artifact, selected, platform.clock)
    const rows = probeRows(artifact)
    const { maxRows } = resolveBatchingOptions(batchingOf(serving)).strategy
    try {
      const warm = await warmUp(model, { rows, maxRows, clock: platform.clock })
      const measured = selected.program === undefined ? warm : timeDirect(selected.program, rows, platform.clock)
      return new Engine(options, { model, rows, measured })
    } catch (error) {
      model.dispose()
      throw error
    }
  }

  private constructor(options: EngineOptions, { model, rows, measured }: Warmed) {
    const { artifact, serving, platform, publish } = options
    const { name, version, schema } = artifact.metadata
    this.#options = options
    this.#model = model
    this.#knownRows = rows
    this.name = name
    this.version = version
    this.stats = options.stats.of(version)
    const backend = (): string => options.selected.choice.picked
    this.#batches = new BatchWatch({ model: name, version, stats: this.stats, publish, platform, backend })
    const { program, summed } = options.selected
    const { head, rawWidth } = artifact.metadata
    const { clock } = platform
    this.direct =
      program &&
      createDirectRun({
        program,
        decode: createDecoder(head),
        rawWidth,
        batches: this.#batches,
        clock,
        knownRow: rows[0],
      })
    this.schema = schema
    this.artifact = artifact
    this.explain = createExplainer(artifact.metadata, options.selected.graph)
    this.runMs = measured[0]?.ms ?? 0
    this.isFastestAlone = isFastestAlone(measured)
    this.reader = createRowReader(schema, summed && { sums: summed.createSums() })
    this.#budgetTimer = createOneTimer(platform.clock)
    const { timeBudgetMs } = serving
    this.#run = createCheckedRun({ model, name, knownRow: rows[0], timeBudgetMs, clock: this.#budgetTimer })
    this.breaker = createBreaker({ model: name, clock: platform.clock, publish, ...serving.breaker })
    this.#rowKeys = rowKeys(summed?.artifact ?? artifact, platform.hash)
    this.#origins = {
      model: { model: name, version, source: 'model' },
      cache: { model: name, version, source: 'cache' },
    }
    const batching = batchingOf(serving)
    const { strategy, maxQueuedRows } = resolveBatchingOptions(batching)
    this.maxBatchRows = strategy.maxRows
    this.sliceRows = Math.max(1, Math.min(4096, maxQueuedRows >> 1))
    this.#batcher = createBatcher<Float64Array, Answer>({
      ...batching,
      model: name,
      execute: (rows, run) => this.#execute(rows, run),
      mayBeRowFault: (error) => mayBeRowFault(error) && !isOverBudget(error),
      onOutcome: (outcome) => this.#onOutcome(outcome),
      mode: model.mode,
      clock: platform.clock,
      defer: platform.defer,
      observe: (rowCount, queueMs, elapsedMs, endedAtMs) =>
        this.#batches.record({ rowCount, queueMs, elapsedMs, endedAtMs }),
    })
    for (const { rowCount, ms } of measured) this.#batcher.recordRun(rowCount, ms)
  }

  /** As it is now: a model may move to another backend while it serves. */
  get choice(): BackendChoice {
    return this.#options.selected.choice
  }

  /** Where answers of this engine say they came from. */
  origin(source: 'model' | 'cache'): Origin {
    return this.#origins[source]
  }

  rowKey(kind: KeyKind): RowKey {
    return this.#rowKeys[kind]
  }

  /** Larger batches are faster on the graph beside the kernel. */
  get mostDirectRows(): number {
    return this.choice.kernelMaxRows ?? Infinity
  }

  /** Rows that wait for a batch now. */
  get queuedRows(): number {
    return this.#batcher.queuedRows
  }

  /** What runs cost and how large batches are for that; undefined until it is known. */
  get cost(): BatcherCost | undefined {
    return this.#batcher.cost()
  }

  /**
   * Puts a row into the next batch. Where batching is off, a row that came alone runs alone, at once. Rows of
   * predictBatch wait for room, so that it may be larger than the queue.
   */
  submit(row: EngineRow): Promise<Answer> {
    const { canonical, rowIndex, signal, deadlineAtMs, wanted, options } = row
    const isAlone = rowIndex === undefined
    if (isAlone && this.#options.serving.batching === false && this.#model.mode === 'sync') {
      try {
        return Promise.resolve(this.answerNow(row))
      } catch (error) {
        return Promise.reject(error as Error)
      }
    }
    if (row.span !== undefined) this.#batches.expect(canonical, row.span)
    const whenFull = isAlone ? 'refuse' : 'wait'
    return this.#batcher.submit(canonical, { signal, priority: options.priority, deadlineAtMs, wanted, whenFull })
  }

  /** Why a row that came alone now would be refused. */
  refusalOf({ priority, timeoutMs }: PredictOptions, nowMs: number): MLError | undefined {
    if (this.#options.serving.batching === false && this.#model.mode === 'sync') return undefined
    const deadlineAtMs = timeoutMs === undefined ? Infinity : nowMs + timeoutMs
    return this.#batcher.refusalOf(noRow, { priority, deadlineAtMs }, nowMs)
  }

  /** Keeps the engine from being disposed while `work` runs. */
  lease<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#isClosed) return Promise.reject(this.#closedError())
    return this.#leases.hold(work)
  }

  /** Sizes of the batches that it has run, smallest first. */
  get sizesInUse(): readonly number[] {
    return this.#batches.sizes.sizes
  }

  /** Runs batches of the sizes that another version had, so that taking its traffic compiles and allocates nothing. */
  warmFor(sizes: readonly number[]): Promise<void> {
    const { platform } = this.#options
    return this.lease(async () => {
      await warmSizes(this.#model, { rows: this.#knownRows, sizes, ...platform })
      for (const size of sizes) this.#batches.sizes.record(size)
    })
  }

  /** Waits for what is under way, then frees the model. */
  async drain(): Promise<void> {
    do {
      await this.#leases.settled()
      await this.#batcher.drain()
      // a request that had found this engine may have come while this waited
    } while (!this.#leases.isFree || !this.#batcher.isIdle)
    await this.close()
  }

  /** Settles every waiting row with CLOSED and frees the model; a second call does nothing. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#batcher.close()
    this.#budgetTimer.stop()
    this.#model.dispose()
    this.#options.publish('modelUnloaded', { model: this.name, version: this.version })
  }

  /** One result for the breaker a batch, however often it is run: `#onOutcome` gives it. */
  #execute(rows: readonly Float64Array[], { attempt }: BatchRun): readonly RowResult[] | Promise<readonly RowResult[]> {
    if (attempt === 1) {
      this.#endBatch = this.breaker.begin()
      this.#batches.begin(rows)
    }
    return this.#run(rows, this.#batches.times)
  }

  #onOutcome(outcome: BatchOutcome): void {
    const end = this.#endBatch
    this.#endBatch = undefined
    const failure = outcome.kind === 'failed' ? { error: outcome.error } : undefined
    this.#batches.end(failure)
    end?.(failure)
  }

  /**
   * Runs one row at once, under the breaker.
   * @throws what `submit` rejects with; only for models that are synchronous
   */
  answerNow({ canonical, span, signal, deadlineAtMs, wanted, options }: EngineRow): Answer {
    // after a look into the cache its caller may have left
    if (signal?.aborted === true) throw signal.reason
    if (this.#isClosed) throw this.#closedError()
    const { clock } = this.#options.platform
    const startedAt = clock.now()
    const { timeoutMs = 0 } = options
    if (startedAt >= Math.min(deadlineAtMs, wanted?.untilMs ?? Infinity)) throw timeoutError(this.name, timeoutMs)
    if (span !== undefined) this.#batches.expect(canonical, span)
    const runOnce = () => this.#batches.alone(canonical, (times) => this.#run([canonical], times))
    // the model is synchronous, and so is its guarded run
    const [result] = this.breaker.guard(runOnce) as readonly RowResult[]
    if (clock.now() >= deadlineAtMs) throw timeoutError(this.name, timeoutMs)
    return valueOf(result)
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  #closedError(): Error {
    return createError('CLOSED', `${this.name}@${this.version} is closed; take a new predictor from the registry`)
  }
}

/** What waiting for a batch costs a row, with its promises: some microseconds, measured by bench/batching.mjs. */
const queueingMs = 0.004

function isFastestAlone([one, many]: readonly MeasuredRun[]): boolean {
  return one !== undefined && many !== undefined && one.ms <= many.ms / many.rowCount + queueingMs
}
