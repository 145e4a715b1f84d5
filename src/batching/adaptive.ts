// Batches that never wait for company: rows leave as soon as the model can take them.

import type { BatchStrategy } from './strategy.ts'

/**
 * No timer. Where the model runs in this thread, a batch is what arrived in one turn of the event loop (the batcher
 * starts no run inside `submit`); elsewhere it is what arrived while the batch before it ran, and a lone row leaves at once.
 */
export function createAdaptiveStrategy({ maxRows }: { readonly maxRows: number }): BatchStrategy {
  return { name: 'adaptive', maxRows, sizing: 'learned', leavesAtMs: (_queuedRows, oldestAtMs) => oldestAtMs }
}
