// How rows of a model ended in; their counts and latencies out.

import type { PredictionSource } from '../rows/prediction.ts'
import { Histogram, type HistogramSummary } from './histogram.ts'

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

export class Outcomes {
  successes = 0
  errors = 0
  rejected = 0
  aborted = 0
  fallbacks = 0
  cacheHits = 0
  readonly latencyMs = new Histogram()

  answer(source: PredictionSource, latencyMs: number, rowCount = 1): void {
    this.successes += rowCount
    if (source === 'cache') this.cacheHits += rowCount
    else if (source === 'fallback') this.fallbacks += rowCount
    this.latencyMs.record(latencyMs, rowCount)
  }

  merge(other: Outcomes): void {
    this.successes += other.successes
    this.errors += other.errors
    this.rejected += other.rejected
    this.aborted += other.aborted
    this.fallbacks += other.fallbacks
    this.cacheHits += other.cacheHits
    this.latencyMs.merge(other.latencyMs)
  }

  reset(): void {
    this.successes = this.errors = this.rejected = this.aborted = this.fallbacks = this.cacheHits = 0
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
