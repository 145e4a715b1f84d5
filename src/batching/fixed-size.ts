// Batches of one size: they leave full, save that a partial one leaves once its oldest row has waited the maximum.

import type { BatchStrategy } from './strategy.ts'
import { createTimeWindowStrategy } from './time-window.ts'

/**
 * The same rule as a time window, with another purpose: there the delay shapes every batch, here it only bounds how long
 * a partial batch can starve, so its default is long.
 */
export function createFixedSizeStrategy(limits: {
  readonly maxRows: number
  readonly maxDelayMs: number
}): BatchStrategy {
  return { ...createTimeWindowStrategy(limits), name: 'fixed-size' }
}
