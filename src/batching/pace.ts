// Measured runs in; how large batches may be, and how long those who wait will wait, out.

import { type BatchSizes, createBatchSizes } from './batch-sizes.ts'
import { RunCost } from './run-cost.ts'
import type { BatchStrategy } from './strategy.ts'

/** What a batcher knows of its model: a run of n rows takes `fixedMs + n · perRowMs`, and batches have up to `capRows`. */
export type BatcherCost = { readonly fixedMs: number; readonly perRowMs: number; readonly capRows: number }

/** Before anything ran there is nothing to go by; long enough not to be asked again in the same burst. */
const unknownMs = 50

/** As in the cost of runs: the last ten or so gaps decide. */
const newestWeight = 0.2

export class Pace {
  readonly #cost = new RunCost()
  readonly #sizes: BatchSizes
  #gapMs = 0
  /** End of the last run, where rows were due then. */
  #dueSinceMs: number | undefined

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
  }

  /** From one batch's end to the next one's start, with rows due: what else this thread does, new rows included. */
  recordStart(nowMs: number): void {
    if (this.#dueSinceMs === undefined) return
    this.#gapMs += newestWeight * (nowMs - this.#dueSinceMs - this.#gapMs)
    this.#dueSinceMs = undefined
  }

  /** Most rows of the batch that leaves now, from a queue of so many; asked once a batch. */
  nextRows(queuedRows: number): number {
    return this.#sizes.next(queuedRows)
  }

  /** What a run of `rowCount` rows takes; 0 before any. */
  runMs(rowCount: number): number {
    return this.#cost.runMs(rowCount)
  }

  /** When `rowCount` rows would have run, one gap and one fixed part a batch. Undefined before it is measured. */
  answerMs(rowCount: number): number | undefined {
    const cost = this.#cost.learned
    if (cost === undefined) return undefined
    const batchCount = Math.ceil(rowCount / this.#sizes.capRows)
    return batchCount * (this.#gapMs + cost.fixedMs) + rowCount * cost.perRowMs
  }

  /** When `queuedRows` should have run, a whole number of milliseconds. */
  retryAfterMs(queuedRows: number): number {
    const { msPerRow } = this.#cost
    const waitMs = this.answerMs(queuedRows) ?? (msPerRow === undefined ? unknownMs : queuedRows * msPerRow)
    return Math.max(1, Math.ceil(waitMs))
  }
}
