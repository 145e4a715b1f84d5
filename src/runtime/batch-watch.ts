// Batches of one engine, from their first run to their end, in; their counters, events and spans out.

import { BatchSpans, batchAttributes } from '../observe/batch-spans.ts'
import { isHeard, type Publish } from '../observe/channels.ts'
import { endFailed, type Span } from '../observe/tracing.ts'
import type { BatchRecord, VersionStats } from '../observe/version-stats.ts'
import type { RunTimes } from './loaded-model.ts'
import type { Platform } from './platform.ts'
import { SizesInUse } from './sizes-in-use.ts'

export type BatchWatchOptions = {
  readonly model: string
  readonly version: string
  readonly stats: VersionStats
  readonly publish: Publish
  readonly platform: Platform
  /** Name of the backend that computes now. */
  readonly backend: () => string
}

type UnderWay = RunTimes & { readonly span: Span | undefined; failure: { readonly error: unknown } | undefined }

/** A batch that has ended, as the batcher tells it. */
export type EndedBatch = {
  readonly rowCount: number
  readonly queueMs: number
  readonly elapsedMs: number
  readonly endedAtMs: number
}

/** Larger ones are run block by block: the version that comes next need not make room for them as a whole. */
const mostWarmedRows = 512

export class BatchWatch {
  readonly #options: BatchWatchOptions
  readonly #spans: BatchSpans | undefined
  #underWay: UnderWay = { encodedAtMs: NaN, answeredAtMs: NaN, span: undefined, failure: undefined }
  /** Ended and still to be recorded: another one may end in between. */
  readonly #ended: UnderWay[] = []
  /** Sizes of the batches that it has seen. */
  readonly sizes = new SizesInUse()

  constructor(options: BatchWatchOptions) {
    const { model, platform } = options
    this.#options = options
    this.#spans = platform.tracing && new BatchSpans(platform.tracing, model)
  }

  /** Where the runs of the batch that began last write when they did what. */
  get times(): RunTimes {
    return this.#underWay
  }

  /** A row that waits belongs to a request with a span. */
  expect(row: Float64Array, span: Span): void {
    this.#spans?.add(row, span, this.#options.platform.clock.now())
  }

  begin(rows: readonly Float64Array[]): RunTimes {
    const span = this.#spans && this.#startSpan(this.#spans, rows)
    this.#underWay = { encodedAtMs: NaN, answeredAtMs: NaN, span, failure: undefined }
    return this.#underWay
  }

  /** The batch that began last has ended: with `failure` where none of its rows has an answer. */
  end(failure?: { readonly error: unknown }): void {
    const ended = this.#underWay
    ended.failure = failure
    this.#ended.push(ended)
  }

  /** The batch that ended last. */
  record({ rowCount, queueMs, elapsedMs, endedAtMs }: EndedBatch): void {
    const ended = this.#ended.pop()
    if (ended === undefined) return
    const encodeMs = lasted(endedAtMs - elapsedMs, ended.encodedAtMs)
    const decodeMs = lasted(ended.answeredAtMs, endedAtMs)
    const batch = { rowCount, queueMs, encodeMs, runMs: Math.max(0, elapsedMs - encodeMs - decodeMs), decodeMs }
    const { model, version, stats, publish } = this.#options
    this.sizes.record(rowCount)
    stats.recordBatch(batch)
    if (isHeard(publish, 'batch')) publish('batch', { model, version, ...batch })
    if (ended.span !== undefined) endSpan(ended.span, ended, batch)
  }

  /** A run that is a batch of its own, at once. */
  alone<Result>(row: Float64Array, run: (times: RunTimes) => Result): Result {
    const { clock } = this.#options.platform
    const startedAtMs = clock.now()
    const times = this.begin([row])
    try {
      const result = run(times)
      this.end()
      return result
    } catch (error) {
      this.end({ error })
      throw error
    } finally {
      const endedAtMs = clock.now()
      this.record({ rowCount: 1, queueMs: 0, elapsedMs: endedAtMs - startedAtMs, endedAtMs })
    }
  }

  /** A batch that nothing waited for and no span follows, all of it the run. */
  recordDirect(rowCount: number, runMs: number): void {
    const { model, version, stats, publish } = this.#options
    this.sizes.record(Math.min(rowCount, mostWarmedRows))
    stats.recordDirectBatch(rowCount, runMs)
    if (isHeard(publish, 'batch'))
      publish('batch', { model, version, rowCount, queueMs: 0, encodeMs: 0, runMs, decodeMs: 0 })
  }

  #startSpan(spans: BatchSpans, rows: readonly Float64Array[]): Span | undefined {
    const { model, version, backend, platform } = this.#options
    return spans.start(rows, platform.clock.now(), {
      'tfjs_serving.model': model,
      'tfjs_serving.version': version,
      'tfjs_serving.backend': backend(),
    })
  }
}

/** 0 where a batch failed before it came so far. */
function lasted(fromMs: number, untilMs: number): number {
  return untilMs > fromMs ? untilMs - fromMs : 0
}

function endSpan(span: Span, ended: UnderWay, batch: BatchRecord): void {
  span.setAttributes(batchAttributes(batch))
  if (ended.failure !== undefined) endFailed(span, ended.failure.error, false)
  else span.end()
}
