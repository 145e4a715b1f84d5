// Measured runs in; how large batches may be, and how long those who wait will wait, out.

import { type BatchSizes, createBatchSizes } from './batch-sizes.ts'
import { RunCost } from './run-cost.ts'
import type { BatchStrategy } from './strategy.ts'

/** What a batcher knows of its model: a run of n rows takes `fixedMs + n · perRowMs`, and batches have up to `capRows`. */
export type BatcherCost = { readonly fixedMs: number; readonly perRowMs: number; readonly capRows: number }

type FinishedBatch = {
  readonly jobs: readonly { readonly expectedMs: number; readonly enqueuedAtMs: number }[]
  readonly rowCount: number
  readonly startedAtMs: number
}

/** Before anything ran there is nothing to go by; long enough not to be asked again in the same burst. */
const unknownMs = 50

/** As in the cost of runs: the last ten or so gaps decide. */
const newestWeight = 0.2

/**
 * What was expected is off by a factor that lies around its mean; with so many mean deviations on top few answers come
 * later. In overload every row that is let in is one that just makes it, and without that half of them would be late.
 * The weights are those of TCP's timer, which has the same problem (RFC 6298).
 */
const deviations = 2
const factorWeight = 1 / 8
const deviationWeight = 1 / 4

/** Shorter waits are one run and its turn, and say little of a queue. */
const tellingMs = 5

/** Where no batch tells of gaps or waits, both fade: what one overload taught must not refuse callers for ever. */
const fadingWeight = 1 / 64

export class Pace {
  readonly #cost = new RunCost()
  readonly #sizes: BatchSizes
  #gapMs = 0
  /** End of the last run, where rows were due then. */
  #dueSinceMs: number | undefined
  /** Real waits ÷ expected ones. */
  #factor = 1
  #deviation = 0

  constructor(strategy: BatchStrategy, mode: 'sync' | 'async') {
    this.#sizes = createBatchSizes(strategy, { mode, cost: this.#cost })
  }

  /** Undefined until runs of different sizes were measured. */
  get cost(): BatcherCost | undefined {
    const { learned } = this.#cost
    return learned === undefined ? undefined : { ...learned, capRows: this.#sizes.capRows }
  }

  /** One run that gave answers. */
  recordRun(rowCount: number, runMs: number): void {
    this.#cost.record(rowCount, runMs)
  }

  /** A batch has ended; `leavesAtMs`: when the next one should leave. */
  recordEnd(nowMs: number, leavesAtMs: number): void {
    this.#dueSinceMs = leavesAtMs <= nowMs ? nowMs : undefined
    if (this.#dueSinceMs === undefined) this.#gapMs -= fadingWeight * this.#gapMs
  }

  /** From one batch's end to the next one's start, with rows due: what else this thread does, new rows included. */
  recordStart(nowMs: number): void {
    if (this.#dueSinceMs === undefined) return
    this.#gapMs += newestWeight * (nowMs - this.#dueSinceMs - this.#gapMs)
    this.#dueSinceMs = undefined
  }

  /** A batch whose first run answered it: what it cost, and how long its last job took against what was expected. */
  recordBatch({ jobs, rowCount, startedAtMs }: FinishedBatch, nowMs: number): void {
    this.recordRun(rowCount, nowMs - startedAtMs)
    const { expectedMs, enqueuedAtMs } = jobs[jobs.length - 1]
    if (expectedMs < tellingMs) {
      this.#factor += fadingWeight * (1 - this.#factor)
      this.#deviation -= fadingWeight * this.#deviation
      return
    }
    const miss = (nowMs - enqueuedAtMs) / expectedMs - this.#factor
    this.#factor += factorWeight * miss
    this.#deviation += deviationWeight * (Math.abs(miss) - this.#deviation)
  }

  /** What to multiply an expected wait with, so that it rarely takes longer. */
  get caution(): number {
    return this.#factor + deviations * this.#deviation
  }

  /** Most rows of the batch that leaves now, from a queue of so many; asked once a batch. */
  nextRows(queuedRows: number): number {
    return this.#sizes.next(queuedRows)
  }

  /** What a run of `rowCount` rows takes; 0 before that is known. */
  runMs(rowCount: number): number {
    return this.#cost.learned === undefined ? 0 : this.#cost.runMs(rowCount)
  }

  /**
   * When `rowCount` rows would have run, one gap and one fixed part a batch. Undefined before it is measured. Where they
   * fill a batch, so will those who come after them fill the last one, and an answer waits for all of its batch.
   */
  answerMs(rowCount: number): number | undefined {
    const cost = this.#cost.learned
    if (cost === undefined) return undefined
    const { capRows } = this.#sizes
    const batchCount = Math.ceil(rowCount / capRows)
    const rowsRun = batchCount === 1 ? rowCount : batchCount * capRows
    return batchCount * (this.#gapMs + cost.fixedMs) + rowsRun * cost.perRowMs
  }

  /** When `queuedRows` should have run, a whole number of milliseconds. */
  retryAfterMs(queuedRows: number): number {
    const { msPerRow } = this.#cost
    const waitMs = this.answerMs(queuedRows) ?? (msPerRow === undefined ? unknownMs : queuedRows * msPerRow)
    return Math.max(1, Math.ceil(waitMs))
  }
}
