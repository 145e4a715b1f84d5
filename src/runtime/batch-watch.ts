// Batches of one engine, from their first run to their end, in; their counters, events and spans out.

import { BatchSpans, batchAttributes } from '../observe/batch-spans.ts'
import { isHeard, type Publish } from '../observe/channels.ts'
import { endFailed, type Span } from '../observe/tracing.ts'
import type { BatchRecord, VersionStats } from '../observe/version-stats.ts'
import type { RunTimes } from './loaded-model.ts'
import type { Platform } from './platform.ts'

export type BatchWatchOptions = {
  readonly model: string
  readonly version: string
  readonly stats: VersionStats
  readonly publish: Publish
  readonly platform: Platform
  /** Name of the backend that computes now. */
  readonly backend: () => string
}

type UnderWay = RunTimes & { readonly span: Span | undefined; error?: unknown }

export class BatchWatch {
  readonly #options: BatchWatchOptions
  readonly #spans: BatchSpans | undefined
  #underWay: UnderWay = { encodeMs: 0, decodeMs: 0, span: undefined }
  /** Ended and still to be recorded: another one may end in between. */
  readonly #ended: UnderWay[] = []

  constructor(options: BatchWatchOptions) {
    const { model, platform } = options
    this.#options = options
    this.#spans = platform.tracing && new BatchSpans(platform.tracing, model)
  }

  /** Where the runs of the batch that began last add what they took. */
  get times(): RunTimes {
    return this.#underWay
  }

  /** A row that waits belongs to a request with a span. */
  expect(row: Float64Array, span: Span): void {
    this.#spans?.add(row, span, this.#options.platform.clock.now())
  }

  begin(rows: readonly Float64Array[]): RunTimes {
    this.#underWay = { encodeMs: 0, decodeMs: 0, span: this.#spans && this.#startSpan(this.#spans, rows) }
    return this.#underWay
  }

  /** The batch that began last has ended: with `failure` where none of its rows has an answer. */
  end(failure?: { readonly error: unknown }): void {
    const ended = this.#underWay
    if (failure !== undefined) ended.error = failure.error
    this.#ended.push(ended)
  }

  /** The batch that ended last; what is left of its time without encoding and decoding is the backend's. */
  record(rowCount: number, queueMs: number, elapsedMs: number): void {
    const ended = this.#ended.pop()
    if (ended === undefined) return
    const { encodeMs, decodeMs } = ended
    const batch = { rowCount, queueMs, encodeMs, runMs: Math.max(0, elapsedMs - encodeMs - decodeMs), decodeMs }
    const { model, version, stats, publish } = this.#options
    stats.recordBatch(batch)
    if (isHeard(publish, 'batch')) publish('batch', { model, version, ...batch })
    if (ended.span !== undefined) endSpan(ended.span, ended, batch)
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

function endSpan(span: Span, ended: UnderWay, batch: BatchRecord): void {
  span.setAttributes(batchAttributes(batch))
  if ('error' in ended) endFailed(span, ended.error, false)
  else span.end()
}
