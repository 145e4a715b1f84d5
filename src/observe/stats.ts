// What happened to each row and batch of one model in; counters and latency percentiles, in total and of late, out.

import { errorTable } from '../errors.ts'
import type { ErrorCode } from '../errors.ts'
import type { PredictionSource } from '../rows/prediction.ts'
import type { Clock } from './clock.ts'
import { Histogram } from './histogram.ts'
import type { HistogramSummary } from './histogram.ts'

/** Statuses from here on are the service's fault, those below the caller's. */
const firstServerFault = 500

/** How rows ended. `requests` = successes + errors + rejected + aborted, counted in rows. */
export type OutcomeCounts = {
  readonly requests: number
  /** Rows with an answer, whether by the model, the cache or the fallback. */
  readonly successes: number
  /** Rows that failed through no fault of the caller. */
  readonly errors: number
  /** Rows refused for a fault of the caller (HTTP status below 500, such as INPUT_INVALID). */
  readonly rejected: number
  /** Rows whose caller left before there was an answer. */
  readonly aborted: number
  /** Rows answered by the fallback; among `successes`. */
  readonly fallbacks: number
  /** errors ÷ (successes + errors); 0 without traffic. */
  readonly errorRate: number
  /** From the call of predict to its answer. */
  readonly latencyMs: HistogramSummary
}

export type ModelStatsSnapshot = OutcomeCounts & {
  /** Every failed row by code, the rejected ones included. */
  readonly errorsByCode: Readonly<Partial<Record<ErrorCode, number>>>
  /** Rows whose model failed but whose fallback answered, by the code of the failure. */
  readonly fallbacksByCode: Readonly<Partial<Record<ErrorCode, number>>>
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
  readonly runMs: HistogramSummary
  /** The same outcomes over the last one to two windows: what health judges. */
  readonly recent: OutcomeCounts
}

export type ModelStats = {
  /** One row answered, `latencyMs` after predict was called. */
  recordAnswer(source: PredictionSource, latencyMs: number): void
  /** One row failed. */
  recordError(code: ErrorCode): void
  /** One row's caller left. */
  recordAbort(): void
  /** Why the fallback had to answer; `recordAnswer('fallback', …)` follows where it could. */
  recordFallbackCause(code: ErrorCode): void
  recordCacheMiss(): void
  /** One row waited for the same row of another caller. */
  recordCoalesced(): void
  recordBatch(rowCount: number, queueMs: number, runMs: number): void
  snapshot(): ModelStatsSnapshot
  reset(): void
}

export type ModelStatsOptions = {
  readonly clock: Clock
  /** Length of a window of `recent`. @default 60_000 */
  readonly windowMs?: number
}

/** One minute: long enough for 20 rows to say something at one row in three seconds, short enough to see a recovery. */
const defaultWindowMs = 60_000

export function createModelStats({ clock, windowMs = defaultWindowMs }: ModelStatsOptions): ModelStats {
  const total = new Outcomes()
  let current = new Outcomes()
  let previous = new Outcomes()
  let windowStart = clock.now()
  const errorsByCode: Partial<Record<ErrorCode, number>> = {}
  const fallbacksByCode: Partial<Record<ErrorCode, number>> = {}
  const queueMs = new Histogram()
  const runMs = new Histogram()
  let cacheHits = 0
  let cacheMisses = 0
  let coalesced = 0
  let batches = 0
  let rowsInBatches = 0

  function roll(): void {
    const elapsed = clock.now() - windowStart
    if (elapsed < windowMs) return
    ;[previous, current] = [current, previous]
    current.reset()
    if (elapsed >= 2 * windowMs) previous.reset()
    windowStart += Math.floor(elapsed / windowMs) * windowMs
  }

  function bump(counts: Partial<Record<ErrorCode, number>>, code: ErrorCode): void {
    counts[code] = (counts[code] ?? 0) + 1
  }

  return {
    recordAnswer(source, latencyMs) {
      roll()
      if (source === 'cache') cacheHits++
      total.answer(source, latencyMs)
      current.answer(source, latencyMs)
    },
    recordError(code) {
      roll()
      bump(errorsByCode, code)
      const isRejected = errorTable[code].httpStatus < firstServerFault
      total.fail(isRejected)
      current.fail(isRejected)
    },
    recordAbort() {
      roll()
      total.aborted++
      current.aborted++
    },
    recordFallbackCause: (code) => bump(fallbacksByCode, code),
    recordCacheMiss: () => void cacheMisses++,
    recordCoalesced: () => void coalesced++,
    recordBatch(rowCount, queueTimeMs, runTimeMs) {
      batches++
      rowsInBatches += rowCount
      queueMs.record(queueTimeMs)
      runMs.record(runTimeMs)
    },
    snapshot() {
      roll()
      const recent = new Outcomes()
      recent.merge(previous)
      recent.merge(current)
      const lookups = cacheHits + cacheMisses
      return {
        ...total.counts(),
        errorsByCode: { ...errorsByCode },
        fallbacksByCode: { ...fallbacksByCode },
        cache: { hits: cacheHits, misses: cacheMisses, hitRate: lookups === 0 ? 0 : cacheHits / lookups, coalesced },
        batches,
        rowsInBatches,
        meanBatchRows: batches === 0 ? 0 : rowsInBatches / batches,
        queueMs: queueMs.summary(),
        runMs: runMs.summary(),
        recent: recent.counts(),
      }
    },
    reset() {
      for (const outcomes of [total, current, previous]) outcomes.reset()
      for (const counts of [errorsByCode, fallbacksByCode])
        for (const code of Object.keys(counts)) delete counts[code as ErrorCode]
      queueMs.reset()
      runMs.reset()
      cacheHits = cacheMisses = coalesced = batches = rowsInBatches = 0
      windowStart = clock.now()
    },
  }
}

class Outcomes {
  successes = 0
  errors = 0
  rejected = 0
  aborted = 0
  fallbacks = 0
  readonly latencyMs = new Histogram()

  answer(source: PredictionSource, latencyMs: number): void {
    this.successes++
    if (source === 'fallback') this.fallbacks++
    this.latencyMs.record(latencyMs)
  }

  fail(isRejected: boolean): void {
    if (isRejected) this.rejected++
    else this.errors++
  }

  merge(other: Outcomes): void {
    this.successes += other.successes
    this.errors += other.errors
    this.rejected += other.rejected
    this.aborted += other.aborted
    this.fallbacks += other.fallbacks
    this.latencyMs.merge(other.latencyMs)
  }

  reset(): void {
    this.successes = this.errors = this.rejected = this.aborted = this.fallbacks = 0
    this.latencyMs.reset()
  }

  counts(): OutcomeCounts {
    const { successes, errors, rejected, aborted, fallbacks } = this
    return {
      requests: successes + errors + rejected + aborted,
      successes,
      errors,
      rejected,
      aborted,
      fallbacks,
      errorRate: successes + errors === 0 ? 0 : errors / (successes + errors),
      latencyMs: this.latencyMs.summary(),
    }
  }
}
