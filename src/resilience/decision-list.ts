// A rule written as data in, a fallback rule out: ordered lines of conditions, the first that holds gives the answer.

import { createError } from '../errors.ts'
import type { Answer } from '../rows/prediction.ts'
import type { Condition, DecisionList } from './parse-decision-list.ts'

/**
 * The rule as a function of the caller's row (an object by feature name, or values in the order of `featureNames`).
 * A missing value, or text where a number belongs, makes a condition false.
 * @throws INPUT_INVALID for values without names where nobody knows the names: no condition could hold.
 */
export function decisionListRule(
  list: DecisionList,
): (row: unknown, featureNames: readonly string[] | undefined) => Answer {
  return (row, featureNames = []) => {
    if (featureNames.length === 0 && (Array.isArray(row) || ArrayBuffer.isView(row)))
      throw createError(
        'INPUT_INVALID',
        `rule ${list.name}: expected an object by feature name, got values without names, and there is no schema that has them; pass an object, or write the schema into service.json`,
      )
    const read = (name: string): unknown => readFeature(row, name, featureNames)
    const bucket = list.buckets.find(({ when }) => when.every((test) => holds(test, read(test.feature))))
    const probability = bucket?.probability ?? 0
    return { label: probability > 0.5 ? list.positive : list.negative, probabilities: [1 - probability, probability] }
  }
}

function readFeature(row: unknown, name: string, featureNames: readonly string[]): unknown {
  if (typeof row !== 'object' || row === null) return undefined
  if (Array.isArray(row) || ArrayBuffer.isView(row))
    return (row as unknown as ArrayLike<unknown>)[featureNames.indexOf(name)]
  return Object.hasOwn(row, name) ? (row as Record<string, unknown>)[name] : undefined
}

function holds({ op, value }: Condition, actual: unknown): boolean {
  if (op === 'missing') return actual === null || actual === undefined || Number.isNaN(actual)
  if (op === '==') return actual === value
  if (op === '!=') return actual !== null && actual !== undefined && !Number.isNaN(actual) && actual !== value
  if (typeof actual !== 'number' || typeof value !== 'number') return false
  switch (op) {
    case '<':
      return actual < value
    case '<=':
      return actual <= value
    case '>':
      return actual > value
    case '>=':
      return actual >= value
  }
}
