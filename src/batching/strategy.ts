// When a batch leaves: the one question that batching strategies answer; queue, timers and runs are the batcher's.

export interface BatchStrategy {
  readonly name: 'adaptive' | 'time-window' | 'fixed-size'
  /** Most rows of one batch; no job may have more. */
  readonly maxRows: number
  /** Whether every batch may have `maxRows`, or only as many as the measured cost of runs says pay. */
  readonly sizing: 'fixed' | 'learned'
  /**
   * Clock time at which the queued rows should leave; the past means at once. Asked whenever a row joins and no batch
   * runs, and when one ends; must be a function of its arguments alone.
   */
  leavesAtMs(queuedRows: number, oldestAtMs: number): number
}
