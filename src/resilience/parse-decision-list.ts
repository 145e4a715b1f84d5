// The JSON of a rule file in, the rule as data out: ordered lines of conditions, of which the last has none.

import { z } from 'zod'
import { createError } from '../errors.ts'

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
export type Condition = z.infer<typeof condition>

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
