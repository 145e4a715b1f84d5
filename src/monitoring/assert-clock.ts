// What a caller gave as a clock in; an error where it tells no time out.

import type { Clock } from '../observe/clock.ts'
import { wrongOption } from '../runtime/known-options.ts'

/** @throws VALIDATION_FAILED */
export function assertClock(clock: Pick<Clock, 'now'> | undefined): void {
  if (typeof clock?.now !== 'function')
    throw wrongOption('clock', 'an object that tells the time in milliseconds, such as { now: Date.now }', clock)
}
