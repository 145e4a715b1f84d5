// Numbers and intervals in, short texts for cards and reports out; the same on every machine.

import type { Interval } from '../../monitoring/interval.ts'

export function shareText(value: number): string {
  return Number.isNaN(value) ? '–' : value.toFixed(4)
}

export function intervalText([low, high]: Interval): string {
  return `${shareText(low)} to ${shareText(high)}`
}

/** 12,345 */
export function countText(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** Four digits at most: `0.0123`, `12.3`, `1,234`. */
export function numberText(value: number): string {
  if (Math.abs(value) >= 1000) return countText(value)
  return String(Number(value.toPrecision(3)))
}
