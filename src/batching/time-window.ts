// Batches that leave when they are full or when their oldest row has waited the window, whichever comes first.

import type { BatchStrategy } from './strategy.ts'

export function createTimeWindowStrategy({
  maxRows,
  maxDelayMs,
}: {
  readonly maxRows: number
  readonly maxDelayMs: number
}): BatchStrategy {
  return {
    name: 'time-window',
    sizing: 'fixed',
    maxRows,
    leavesAtMs: (queuedRows, oldestAtMs) => (queuedRows >= maxRows ? oldestAtMs : oldestAtMs + maxDelayMs),
  }
}
