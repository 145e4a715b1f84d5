// The learned cost of runs in, how many rows the next batch may have out: all that pay, and now and then another size to learn from.

import type { RunCost } from './run-cost.ts'
import type { BatchStrategy } from './strategy.ts'

/** How large batches may be; a batch of one job may be larger. */
export interface BatchSizes {
  /** Most rows that batches usually have. */
  readonly capRows: number
  /** Most rows of the batch that leaves now, from a queue of so many; asked once a batch. */
  next(queuedRows: number): number
}

/**
 * A row costs b + a/n in a batch of n rows. From n = 20·a/b on that is within 5 % of b, the least it can be: a larger
 * batch gains no throughput worth naming, and each of its rows waits for all of them.
 */
const gainingShare = 20

/** Runs up to this are never cut: no caller feels it, and the turn of the event loop between two takes some µs of it. */
const shortRunMs = 1

/**
 * A run in this thread blocks it: a server that must answer a health check or accept a connection feels 20 ms. Where
 * the fixed part of a run is longer than half of that, a cap could only multiply it; then a run may take twice as long.
 */
const longestBlockMs = 20

/** Of so many runs that are long or cut short one has another size: so its cost is learned anew, for about 1 % of the time. */
const exploreEvery = 64

/** The same while the cost is not known: then it is wanted soon. */
const exploreFirstEvery = 2

/** An exploring batch has a quarter of the usual rows, or four times as many: enough to tell fixed from per row. */
const exploreBits = 2

export type BatchSizesOptions = {
  readonly cost: RunCost
  /** `sync`: a run blocks this thread. */
  readonly mode: 'sync' | 'async'
}

export function createBatchSizes({ sizing, maxRows }: BatchStrategy, options: BatchSizesOptions): BatchSizes {
  return sizing === 'learned' ? new LearnedSizes({ ...options, maxRows }) : { capRows: maxRows, next: () => maxRows }
}

/** Sizes that follow the cost: full batches where a run's fixed part dominates, single rows where it is nothing. */
class LearnedSizes implements BatchSizes {
  readonly #options: BatchSizesOptions & { readonly maxRows: number }
  #capRows: number
  /** Runs that were measured when `#capRows` was worked out. */
  #capRunCount = 0
  #tellingRunCount = 0
  #explorationCount = 0

  constructor(options: BatchSizesOptions & { readonly maxRows: number }) {
    this.#options = options
    this.#capRows = options.maxRows
  }

  get capRows(): number {
    const { maxRows, cost } = this.#options
    if (this.#capRunCount !== cost.runCount) {
      this.#capRunCount = cost.runCount
      this.#capRows = Math.min(this.#worthRows(), this.#blockRows(), maxRows)
    }
    return this.#capRows
  }

  next(queuedRows: number): number {
    // A lone row has no other size, and nothing to work out for it.
    if (queuedRows === 1) return 1
    const cap = this.capRows
    const planned = Math.min(queuedRows, cap)
    const isCutShort = planned < queuedRows && cap < this.#options.maxRows
    if (!isCutShort && this.#options.cost.runMs(planned) <= shortRunMs) return cap
    const every = this.#options.cost.learned === undefined ? exploreFirstEvery : exploreEvery
    return ++this.#tellingRunCount % every === 0 ? this.#otherSize(queuedRows, planned) : cap
  }

  /** Smaller and larger in turn, as far as there are rows for it. */
  #otherSize(queuedRows: number, planned: number): number {
    const { cost, maxRows } = this.#options
    const smaller = Math.max(1, planned >> exploreBits)
    // Before the cost is known the bound is a guess, and a row that takes 20 ms by itself would never have company.
    const bound = cost.learned === undefined ? maxRows : Math.min(maxRows, this.#blockRows())
    const larger = Math.min(queuedRows, planned << exploreBits, bound)
    const wantsLarger = ++this.#explorationCount % 2 === 0
    if (larger <= planned) return smaller
    return wantsLarger || smaller === planned ? larger : smaller
  }

  /** Rows up to which a larger batch gains. */
  #worthRows(): number {
    const { learned } = this.#options.cost
    if (learned === undefined || learned.perRowMs === 0) return Infinity
    const { fixedMs, perRowMs } = learned
    const gaining = Math.round((gainingShare * fixedMs) / perRowMs)
    const short = Math.floor((shortRunMs - fixedMs) / perRowMs)
    return Math.max(1, gaining, short)
  }

  /** Rows of the longest run that this thread may be blocked for; before the cost is known, as if no part were fixed. */
  #blockRows(): number {
    const { maxRows, mode, cost } = this.#options
    if (mode === 'async') return maxRows
    const { fixedMs, perRowMs } = cost.learned ?? { fixedMs: 0, perRowMs: cost.msPerRow ?? 0 }
    if (perRowMs === 0) return maxRows
    return Math.max(1, Math.floor(Math.max(longestBlockMs - fixedMs, fixedMs) / perRowMs))
  }
}
