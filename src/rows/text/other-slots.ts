// What a model knows of all slots of a hash that have no column of their own in; an adder up of them, row by row, out.

import type { OtherSlots } from '../../artifact/text-columns.ts'

/** One row after another. */
export type OtherSlotCounts = {
  /** Forgets what was counted, also by a row that failed. */
  begin(): void
  add(slot: number, amount: number): void
  /** Makes the count 1, however often it is asked. */
  mark(slot: number): void
  /** Tells each of what is known, by its number, unless it is 0. */
  finish(tell: (index: number, value: number) => void): void
}

const valueOf = {
  count: (count) => count,
  log: (count) => (count === 0 ? 0 : Math.log(count) + 1),
  positive: (count) => (count > 0 ? 1 : 0),
} as const satisfies Readonly<Record<OtherSlots['value'], (count: number) => number>>

/** `sum` is of all values so far. */
const measures = {
  sum: { add: (sum, value) => sum + value, end: (sum) => sum },
  l1: { add: (sum, value) => sum + Math.abs(value), end: (sum) => sum },
  l2: { add: (sum, value) => sum + value * value, end: Math.sqrt },
  max: { add: (sum, value) => Math.max(sum, Math.abs(value)), end: (sum) => sum },
} as const satisfies Readonly<
  Record<OtherSlots['by'], { add(sum: number, value: number): number; end(sum: number): number }>
>

/** Terms that share a slot are added before anything is computed from it, so each slot is kept until the row ends. */
export function countOtherSlots(others: readonly OtherSlots[]): OtherSlotCounts {
  if (others.length === 0) return nothing
  const counts = new Map<number, number>()
  return {
    begin: () => counts.clear(),
    add: (slot, amount) => void counts.set(slot, (counts.get(slot) ?? 0) + amount),
    mark: (slot) => void counts.set(slot, 1),
    finish(tell) {
      for (let i = 0; i < others.length; i++) {
        const value = valueOf[others[i].value]
        const { add, end } = measures[others[i].by]
        let sum = 0
        for (const count of counts.values()) sum = add(sum, value(count))
        // NaN is told too
        if (sum !== 0) tell(i, end(sum))
      }
    },
  }
}

/** Nobody asks for them. */
const nothing: OtherSlotCounts = { begin() {}, add() {}, mark() {}, finish() {} }
