// A rule written as data in, a fallback rule out: ordered lines of conditions, the first that holds gives the answer.

import { z } from 'zod'
import { createError } from '../errors.ts'
import type { Answer } from '../rows/prediction.ts'

const condition = z.object({
  feature: z.string(),
  op: z.enum(['==', '!=', '<', '<=', '>', '>=', 'missing']),
  value: z.union([z.string(), z.number(), z.boolean()]).optional(),
})

/** At most this many lines: a hand-written rule has tens; more is a model and belongs into an artifact. */
const maxLines = 1000

const decisionListSchema = z.object({
  name: z.string().min(1),
  /** Label of a probability over 0.5, and the second of the classes. */
  positive: z.union([z.string(), z.number(), z.boolean()]),
  negative: z.union([z.string(), z.number(), z.boolean()]),
  buckets: z
    .array(z.object({ when: z.array(condition), probability: z.number().min(0).max(1) }))
    .min(1)
    .max(maxLines),
})

export type DecisionList = z.infer<typeof decisionListSchema>
type Condition = z.infer<typeof condition>

/**
 * Checks the parsed JSON of a rule file.
 * @throws VALIDATION_FAILED where it is none, or where no line without conditions ends it.
 */
export function parseDecisionList(json: unknown, where: string): DecisionList {
  const parsed = decisionListSchema.safeParse(json)
  if (!parsed.success) throw createError('VALIDATION_FAILED', `${where}: ${z.prettifyError(parsed.error)}`)
  if (parsed.data.buckets[parsed.data.buckets.length - 1].when.length > 0)
    throw createError(
      'VALIDATION_FAILED',
      `${where}: expected the last bucket to have no conditions, so that every row gets an answer`,
    )
  return parsed.data
}

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
