// Batches that ended in, how long a queue will take out: the hint that a refused caller gets.

/** Weight of the newest batch: the last ten or so decide, so that a model that became slow is noticed. */
const newestWeight = 0.2

/** Before anything ran there is nothing to go by; long enough not to be asked again in the same burst. */
const unknownMs = 50

export class RunTimeEstimate {
  #msPerRow: number | undefined

  record(rowCount: number, runMs: number): void {
    const msPerRow = runMs / rowCount
    this.#msPerRow =
      this.#msPerRow === undefined ? msPerRow : this.#msPerRow + newestWeight * (msPerRow - this.#msPerRow)
  }

  /** When `queuedRows` should have run, a whole number of milliseconds. */
  retryAfterMs(queuedRows: number): number {
    return this.#msPerRow === undefined ? unknownMs : Math.max(1, Math.ceil(queuedRows * this.#msPerRow))
  }
}
