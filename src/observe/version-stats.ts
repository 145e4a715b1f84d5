// What happened to each row and batch of one version of a model in; counters and latency percentiles, in total and of late, out.

import { type ErrorCode, errorTable } from '../errors.ts'
import type { PredictionSource } from '../rows/prediction.ts'
import type { Clock } from './clock.ts'
import { Histogram, type HistogramSummary } from './histogram.ts'
import { type OutcomeCounts, Outcomes } from './outcomes.ts'

/** Statuses from here on are the service's fault, those below the caller's. */
const firstServerFault = 500

/** The parts of a batch's time, in their order. */
export const batchStages = ['queue', 'encode', 'run', 'decode'] as const

export type BatchStage = (typeof batchStages)[number]

/** One batch: its rows, and the milliseconds of each part of its time. */
export type BatchRecord = {
  readonly rowCount: number
  /** Longest wait of a row. */
  readonly queueMs: number
  /** Filling the slab, and turning it into what the backend reads. */
  readonly encodeMs: number
  /** In the backend; with a process or thread of its own, the way there and back included. */
  readonly runMs: number
  /** Reading the answers. */
  readonly decodeMs: number
}

type CodeCounts = Partial<Record<ErrorCode, number>>

export type ModelStatsSnapshot = OutcomeCounts & {
  /** Every failed row by code, the rejected ones included. */
  readonly errorsByCode: Readonly<CodeCounts>
  /** Rows whose model failed but whose fallback answered, by the code of the failure. */
  readonly fallbacksByCode: Readonly<CodeCounts>
  readonly cache: {
    readonly hits: number
    readonly misses: number
    readonly hitRate: number
    readonly coalesced: number
  }
  readonly batches: number
  readonly rowsInBatches: number
  /** rowsInBatches ÷ batches; 0 without batches. */
  readonly meanBatchRows: number
  /** Longest wait of a row in each batch. */
  readonly queueMs: HistogramSummary
  /** Of each batch, as those below. */
  readonly encodeMs: HistogramSummary
  readonly runMs: HistogramSummary
  readonly decodeMs: HistogramSummary
  /** The same times summed over rows: what a batch took, each of its rows took. `request`: the latencies of answers. */
  readonly rowMs: Readonly<Record<BatchStage | 'request', number>>
  /** The same outcomes over the last one to two windows: what health judges. */
  readonly recent: OutcomeCounts
}

export type StatsOptions = {
  readonly clock: Clock
  /** Length of a window of `recent`. @default 60_000 */
  readonly windowMs?: number
}

/** One minute: long enough for 20 rows to say something at one row in three seconds, short enough to see a recovery. */
const defaultWindowMs = 60_000

export class VersionStats {
  readonly #clock: Clock
  readonly #windowMs: number
  /** Rows are counted once, in the current window, and moved as it ages. */
  readonly #past = new Outcomes()
  #previous = new Outcomes()
  #current = new Outcomes()
  #windowStart: number
  readonly #errorsByCode: CodeCounts = {}
  readonly #fallbacksByCode: CodeCounts = {}
  readonly #stages = { queue: new Histogram(), encode: new Histogram(), run: new Histogram(), decode: new Histogram() }
  /** Only ever added to: a sum of sums might go back by its last digit. */
  readonly #rowMs = { request: 0, queue: 0, encode: 0, run: 0, decode: 0 }
  #cacheMisses = 0
  #coalesced = 0
  #rowsInBatches = 0
  /** Since somebody last asked. */
  #directBatches = 0

  constructor({ clock, windowMs = defaultWindowMs }: StatsOptions) {
    this.#clock = clock
    this.#windowMs = windowMs
    this.#windowStart = clock.now()
  }

  /** Whether any row has ended. */
  get hasRows(): boolean {
    const all = [this.#past, this.#previous, this.#current]
    return all.some(({ successes, errors, rejected, aborted }) => successes + errors + rejected + aborted > 0)
  }

  /** One row answered at `nowMs`, `latencyMs` after predict was called. */
  recordAnswer(source: PredictionSource, latencyMs: number, nowMs = this.#clock.now()): void {
    this.recordAnswers(1, source, latencyMs, nowMs)
  }

  /** So many rows answered together. */
  recordAnswers(rowCount: number, source: PredictionSource, latencyMs: number, nowMs: number): void {
    if (nowMs - this.#windowStart >= this.#windowMs) this.#roll(nowMs)
    this.#current.answer(source, latencyMs, rowCount)
    if (latencyMs > 0) this.#rowMs.request += rowCount * latencyMs
  }

  /** One row failed, or so many by one failure. */
  recordError(code: ErrorCode, nowMs = this.#clock.now(), rowCount = 1): void {
    if (nowMs - this.#windowStart >= this.#windowMs) this.#roll(nowMs)
    bump(this.#errorsByCode, code, rowCount)
    if (errorTable[code].httpStatus < firstServerFault) this.#current.rejected += rowCount
    else this.#current.errors += rowCount
  }

  /** One row's caller left, or that of so many. */
  recordAbort(nowMs = this.#clock.now(), rowCount = 1): void {
    if (nowMs - this.#windowStart >= this.#windowMs) this.#roll(nowMs)
    this.#current.aborted += rowCount
  }

  /** Why the fallback had to answer; `recordAnswer('fallback', …)` follows where it could. */
  recordFallbackCause(code: ErrorCode): void {
    bump(this.#fallbacksByCode, code, 1)
  }

  recordCacheMiss(): void {
    this.#cacheMisses++
  }

  /** One row waited for the same row of another caller. */
  recordCoalesced(): void {
    this.#coalesced++
  }

  recordBatch({ rowCount, queueMs, encodeMs, runMs, decodeMs }: BatchRecord): void {
    this.#rowsInBatches += rowCount
    this.#stages.queue.record(queueMs)
    this.#stages.encode.record(encodeMs)
    this.#stages.run.record(runMs)
    this.#stages.decode.record(decodeMs)
    this.#rowMs.queue += rowCount * queueMs
    this.#rowMs.encode += rowCount * encodeMs
    this.#rowMs.run += rowCount * runMs
    this.#rowMs.decode += rowCount * decodeMs
  }

  /** A batch that did not wait, and whose encoding and decoding are parts of its run. */
  recordDirectBatch(rowCount: number, runMs: number): void {
    this.#rowsInBatches += rowCount
    this.#stages.run.record(runMs)
    this.#rowMs.run += rowCount * runMs
    this.#directBatches++
  }

  /** Stages that direct batches do not have took no time; they are counted when somebody asks. */
  #settle(nowMs: number): void {
    this.#roll(nowMs)
    if (this.#directBatches === 0) return
    for (const stage of ['queue', 'encode', 'decode'] as const) this.#stages[stage].record(0, this.#directBatches)
    this.#directBatches = 0
  }

  /** Adds all that `other` has counted, as if it had been counted here. */
  merge(other: VersionStats): void {
    const nowMs = this.#clock.now()
    this.#settle(nowMs)
    other.#settle(nowMs)
    this.#past.merge(other.#past)
    this.#previous.merge(other.#previous)
    this.#current.merge(other.#current)
    mergeCodes(this.#errorsByCode, other.#errorsByCode)
    mergeCodes(this.#fallbacksByCode, other.#fallbacksByCode)
    for (const stage of batchStages) {
      this.#stages[stage].merge(other.#stages[stage])
      this.#rowMs[stage] += other.#rowMs[stage]
    }
    this.#rowMs.request += other.#rowMs.request
    this.#cacheMisses += other.#cacheMisses
    this.#coalesced += other.#coalesced
    this.#rowsInBatches += other.#rowsInBatches
  }

  snapshot(): ModelStatsSnapshot {
    this.#settle(this.#clock.now())
    const recent = new Outcomes()
    recent.merge(this.#previous)
    recent.merge(this.#current)
    const total = new Outcomes()
    total.merge(this.#past)
    total.merge(recent)
    const { cacheHits } = total
    const lookups = cacheHits + this.#cacheMisses
    const { queue, encode, run, decode } = this.#stages
    const batches = run.count
    return {
      ...total.counts(),
      errorsByCode: { ...this.#errorsByCode },
      fallbacksByCode: { ...this.#fallbacksByCode },
      cache: {
        hits: cacheHits,
        misses: this.#cacheMisses,
        hitRate: lookups === 0 ? 0 : cacheHits / lookups,
        coalesced: this.#coalesced,
      },
      batches,
      rowsInBatches: this.#rowsInBatches,
      meanBatchRows: batches === 0 ? 0 : this.#rowsInBatches / batches,
      queueMs: queue.summary(),
      encodeMs: encode.summary(),
      runMs: run.summary(),
      decodeMs: decode.summary(),
      rowMs: { ...this.#rowMs },
      recent: recent.counts(),
    }
  }

  #roll(nowMs: number): void {
    const elapsed = nowMs - this.#windowStart
    if (elapsed < this.#windowMs) return
    this.#past.merge(this.#previous)
    this.#previous.reset()
    if (elapsed >= 2 * this.#windowMs) {
      this.#past.merge(this.#current)
      this.#current.reset()
    }
    ;[this.#previous, this.#current] = [this.#current, this.#previous]
    this.#windowStart += Math.floor(elapsed / this.#windowMs) * this.#windowMs
  }
}

function bump(counts: CodeCounts, code: ErrorCode, by: number): void {
  counts[code] = (counts[code] ?? 0) + by
}

function mergeCodes(into: CodeCounts, from: CodeCounts): void {
  for (const [code, count] of Object.entries(from)) bump(into, code as ErrorCode, count)
}
