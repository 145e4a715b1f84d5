// Rows that belong to requests with spans in; the span of each batch that they run in out.

import type { Span, SpanAttributes, Tracing } from './tracing.ts'
import type { BatchRecord } from './version-stats.ts'

type Waiting = { readonly span: Span; readonly sinceMs: number }

export class BatchSpans {
  readonly #tracing: Tracing
  readonly #model: string
  /** By the row itself: one that never runs is forgotten with it. */
  readonly #waiting = new WeakMap<object, Waiting>()
  #isUsed = false

  constructor(tracing: Tracing, model: string) {
    this.#tracing = tracing
    this.#model = model
  }

  /** A row of a request waits for a batch. */
  add(row: object, span: Span, nowMs: number): void {
    if (!span.isRecording()) return
    this.#isUsed = true
    this.#waiting.set(row, { span, sinceMs: nowMs })
  }

  /** A span for the batch of `rows`, if anyone records one of its requests; tells those how long they waited. */
  start(rows: readonly object[], nowMs: number, attributes: SpanAttributes): Span | undefined {
    if (!this.#isUsed) return undefined
    const waits = new Map<Span, number>()
    // rows are objects of one request each: arrays of numbers, which tell nothing here
    for (const row of rows) {
      const waiting = this.#waiting.get(row)
      if (waiting === undefined) continue
      const waitedMs = nowMs - waiting.sinceMs
      waits.set(waiting.span, Math.max(waitedMs, waits.get(waiting.span) ?? 0))
    }
    if (waits.size === 0) return undefined
    for (const [span, queueMs] of waits) span.setAttributes({ 'tfjs_serving.queue_ms': queueMs })
    return this.#tracing.startBatch(this.#model, [...waits.keys()], { ...attributes, 'tfjs_serving.rows': rows.length })
  }
}

export function batchAttributes({ queueMs, encodeMs, runMs, decodeMs }: BatchRecord): SpanAttributes {
  return {
    'tfjs_serving.queue_ms': queueMs,
    'tfjs_serving.encode_ms': encodeMs,
    'tfjs_serving.run_ms': runMs,
    'tfjs_serving.decode_ms': decodeMs,
  }
}
