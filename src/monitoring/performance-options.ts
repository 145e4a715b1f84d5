// What an application gives a performance monitor in; the same, checked and with every default, out.

import type { Scalar } from '../artifact/schema.ts'
import type { Clock } from '../observe/clock.ts'
import { assertKnownOptions, wrongOption } from '../runtime/known-options.ts'
import { assertClock } from './assert-clock.ts'

export type PerformanceMonitorOptions = {
  readonly clock: Pick<Clock, 'now'>
  /** Of a classifier: `model.schema.classes`; the second of two is the positive one. @default [0, 1] */
  readonly classes?: readonly Scalar[]
  /** Of a regressor: from this value on the decision is yes, of the answer and of a numeric truth alike. @default 0.5 */
  readonly threshold?: number
  /** Of a regressor: its value divided by this is a probability, say 100. @default 1 */
  readonly scale?: number
  /** Predictions that may wait for a label; the oldest goes when there are more. @default 10_000 */
  readonly maxPending?: number
  /** A label that takes longer comes too late. @default 30 days */
  readonly expireAfterMs?: number
  /** Latest labelled predictions that are measured. @default 2_000 */
  readonly windowRows?: number
  /** Labels below which a report is not ready. @default 100 */
  readonly minSamples?: number
  /** Least accuracy. */
  readonly floor?: number
}

const optionNames = {
  clock: true,
  classes: true,
  threshold: true,
  scale: true,
  maxPending: true,
  expireAfterMs: true,
  windowRows: true,
  minSamples: true,
  floor: true,
} as const satisfies Record<keyof PerformanceMonitorOptions, true>

/** @throws VALIDATION_FAILED for an option that cannot be */
export function resolvePerformanceOptions(options: PerformanceMonitorOptions) {
  assertKnownOptions('', options, optionNames)
  assertClock(options.clock)
  const { clock, classes = [0, 1], threshold = 0.5, scale = 1, floor } = options
  const { maxPending = 10_000, expireAfterMs = 30 * 24 * 3_600_000, windowRows = 2000, minSamples = 100 } = options
  for (const [name, value] of Object.entries({ maxPending, windowRows, minSamples }))
    if (!Number.isInteger(value) || value < 1) throw wrongOption(name, 'a whole number, 1 or more', value)
  for (const [name, value] of Object.entries({ scale, expireAfterMs }))
    if (!(value > 0)) throw wrongOption(name, 'a number above 0', value)
  if (!Array.isArray(classes) || classes.length < 2) throw wrongOption('classes', 'at least two classes', classes)
  if (floor !== undefined && !(floor >= 0 && floor <= 1)) throw wrongOption('floor', 'a number from 0 to 1', floor)
  return { clock, classes, threshold, scale, maxPending, expireAfterMs, windowRows, minSamples, floor }
}
