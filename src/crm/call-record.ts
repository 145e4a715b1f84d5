// How calls of a CRM service ended in; its health, counted per call, out.

import { isMLError } from '../errors.ts'
import type { Clock } from '../observe/clock.ts'
import { type HealthReason, type HealthStatus, judgeHealth } from '../observe/health.ts'
import { type ModelStatsSnapshot, VersionStats } from '../observe/version-stats.ts'
import type { Provenance } from './model-source.ts'

/** How a service fares, over the window of its statistics. */
export type CrmHealth = {
  /** `degraded` by errors, by a p95 over the target or by rules that answer; `unhealthy` where everything fails. */
  readonly status: HealthStatus
  readonly reasons: readonly HealthReason[]
  /**
   * Answers, errors of the service, calls refused, and calls left by their callers; a lead of a batch counts as a call that
   * took its share of the batch's time: a long batch is not a slow service.
   */
  readonly calls: Pick<
    ModelStatsSnapshot,
    'requests' | 'successes' | 'errors' | 'rejected' | 'aborted' | 'errorRate' | 'errorsByCode' | 'latencyMs'
  >
  readonly sources: Readonly<Record<Provenance['source'], number>>
  /** Each answer is a hit or a miss by where it came from itself, never by comparing a counter. */
  readonly cache: ModelStatsSnapshot['cache'] & { readonly entryCount: number }
}

/** The specification's: p95 of a service call, features and lookups included. */
const latencyTargetMs = 300

export class CallRecord {
  readonly #stats: VersionStats
  readonly #clock: Clock
  readonly #sources = { model: 0, cache: 0, fallback: 0 }

  constructor(clock: Clock) {
    this.#clock = clock
    this.#stats = new VersionStats({ clock })
  }

  /** `isShared`: it was computed for another caller who asked at the same time. */
  recordAnswer({ source }: Provenance, latencyMs: number, isShared = false): void {
    this.#sources[source]++
    if (isShared) this.#stats.recordCoalesced()
    else if (source !== 'cache') this.#stats.recordCacheMiss()
    this.#stats.recordAnswer(source, latencyMs)
  }

  /** Whatever is no error of this library, such as an abort, counts as a caller that left. */
  recordFailure(error: unknown): void {
    if (isMLError(error)) this.#stats.recordError(error.code)
    else this.#stats.recordAbort(this.#clock.now())
  }

  health(entryCount: number): CrmHealth {
    const { requests, successes, errors, rejected, aborted, errorRate, errorsByCode, latencyMs, cache, recent } =
      this.#stats.snapshot()
    const judged = judgeHealth({ recent, breaker: 'closed', isLoaded: true, hasFallback: true, latencyTargetMs })
    return {
      ...judged,
      calls: { requests, successes, errors, rejected, aborted, errorRate, errorsByCode, latencyMs },
      sources: { ...this.#sources },
      cache: { ...cache, entryCount },
    }
  }
}
