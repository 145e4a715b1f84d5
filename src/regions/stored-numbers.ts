// Lists of doubles and of column references in, short JSON out, and back: every double survives, NaN and −0 included.

import { createError } from '../errors.ts'
import type { ColumnRef } from './column-ref.ts'
import { type ValueOf, anyOf, closedObject, finite, integer, listOf, oneOf, type Shape } from '../artifact/shape.ts'
import { fromSteps, toSteps } from '../artifact/steps.ts'

/** JSON has no words for these four. */
const unwritable = ['NaN', 'Infinity', '-Infinity', '-0'] as const

export const storedNumberShape = anyOf(finite, oneOf(...unwritable))
export type StoredNumber = ValueOf<typeof storedNumberShape>

/** A list of equal numbers as the number itself; 0, 1, 2 … as how many there are. */
export const storedNumbersShape = anyOf(
  listOf(storedNumberShape),
  closedObject({ same: storedNumberShape, count: integer(0) }),
  closedObject({ counting: integer(0) }),
)
export type StoredNumbers = ValueOf<typeof storedNumbersShape>

const runsShape = listOf(integer(0))
const stepsShape = closedObject({ region: integer(0), steps: listOf(integer(Number.MIN_SAFE_INTEGER)) })
/**
 * Runs of neighbouring columns, flat: region, first column, count, region, first column, count … Many columns of one
 * region in another order: the first column and how far each other one lies behind the one before it.
 */
export const storedRefsShape: Shape<ValueOf<typeof runsShape> | ValueOf<typeof stepsShape>> = {
  issueOf: (value) =>
    (typeof value === 'object' && value !== null && !Array.isArray(value) ? stepsShape : runsShape).issueOf(value),
}
export type StoredRefs = ValueOf<typeof storedRefsShape>

/** No table has more columns; stops a list of a few bytes from asking for gigabytes. */
export const maxStoredCount = 1 << 20

/** Numbers in runs below which the shorter form would save little. */
const fewestStepped = 3072

export function storeNumber(value: number): StoredNumber {
  if (Number.isNaN(value)) return 'NaN'
  if (Object.is(value, -0)) return '-0'
  if (value === Infinity) return 'Infinity'
  return value === -Infinity ? '-Infinity' : value
}

/** Number('-0') is −0, and the other three words are JavaScript's own. */
export function restoreNumber(stored: StoredNumber): number {
  return Number(stored)
}

export function storeNumbers(values: readonly number[]): StoredNumbers {
  const count = values.length
  if (count > 2 && values.every((value) => Object.is(value, values[0]))) return { same: storeNumber(values[0]), count }
  if (count > 2 && values.every((value, i) => Object.is(value, i))) return { counting: count }
  return values.map(storeNumber)
}

export function restoreNumbers(stored: StoredNumbers): number[] {
  if (Array.isArray(stored)) return stored.map(restoreNumber)
  if ('counting' in stored) return Array.from({ length: checkedCount(stored.counting) }, (_, i) => i)
  return new Array<number>(checkedCount(stored.count)).fill(restoreNumber(stored.same))
}

export function storeRefs(refs: readonly ColumnRef[]): StoredRefs {
  const runs: number[] = []
  for (const { region, column } of refs) {
    const last = runs.length - 3
    if (last >= 0 && runs[last] === region && runs[last + 1] + runs[last + 2] === column) runs[last + 2]++
    else runs.push(region, column, 1)
  }
  const { region } = refs.at(0) ?? { region: 0 }
  if (runs.length < fewestStepped || runs.length < refs.length || refs.some((ref) => ref.region !== region)) return runs
  return { region, steps: toSteps(refs.map(({ column }) => column)) }
}

export function restoreRefs(stored: StoredRefs): ColumnRef[] {
  if (!Array.isArray(stored)) {
    checkedCount(stored.steps.length)
    return fromSteps(stored.steps).map((column) => ({ region: stored.region, column }))
  }
  if (stored.length % 3 !== 0)
    throw createError('VALIDATION_FAILED', `column references must come in threes, got ${stored.length} numbers`)
  const refs: ColumnRef[] = []
  for (let i = 0; i < stored.length; i += 3) {
    checkedCount(refs.length + stored[i + 2])
    for (let k = 0; k < stored[i + 2]; k++) refs.push({ region: stored[i], column: stored[i + 1] + k })
  }
  return refs
}

function checkedCount(count: number): number {
  if (count <= maxStoredCount) return count
  throw createError('LIMIT_EXCEEDED', `a stored list may have ${maxStoredCount} entries, got ${count}`)
}
