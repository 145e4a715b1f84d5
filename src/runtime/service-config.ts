// The text of a service.json in, what holds for a model without any artifact out.

import { z } from 'zod'
import type { FeatureSchema, ModelSchema } from '../artifact/schema.ts'
import { createError } from '../errors.ts'
import { createRowReader } from '../rows/read-row.ts'
import { nameHint } from '../rows/nearest-name.ts'

const scalar = z.union([z.string(), z.number(), z.boolean()])

const featureSchema = z.strictObject({
  name: z.string(),
  dtype: z.enum(['number', 'string', 'boolean', 'text']),
  used: z.boolean().default(true),
  missing: z.enum(['handled', 'error']).default('error'),
  categories: z.array(scalar).readonly().optional(),
  unknown: z.enum(['ignored', 'error']).optional(),
  infinite: z.boolean().optional(),
  units: z.string().optional(),
  range: z.tuple([z.number(), z.number()]).readonly().optional(),
  description: z.string().optional(),
}) satisfies z.ZodType<FeatureSchema, unknown>

const schemaSchema = z.strictObject({
  features: z.array(featureSchema).readonly(),
  dict: z
    .strictObject({ separator: z.string(), hashed: z.strictObject({ signed: z.boolean() }).optional() })
    .optional(),
  classes: z.union([z.array(scalar).readonly(), z.array(z.array(scalar).readonly()).readonly()]).optional(),
  outputs: z.array(z.enum(['label', 'probabilities', 'scores', 'value', 'vector'])).readonly(),
  vectorNames: z.array(z.string()).readonly().optional(),
}) satisfies z.ZodType<ModelSchema, unknown>

const shadowSchema = z.strictObject({ version: z.string(), share: z.number().gt(0).max(1).default(1) })

const serviceConfigSchema = z.strictObject({
  name: z.string().min(1).optional(),
  /** What a row is made of, where no artifact says it; must agree with the artifact's. */
  schema: schemaSchema.optional(),
  /** Name of the rule that answers when the model cannot. */
  fallback: z.string().min(1).optional(),
  /** Least accuracy, measured at conversion, with which the model may be served. */
  accuracyFloor: z.number().min(0).max(1).optional(),
  /** p95 of a prediction beyond which the model counts as degraded. */
  latencyTargetMs: z.number().positive().optional(),
  /** Other names of versions, such as { "stable": "2.1.0" }. */
  aliases: z.record(z.string(), z.string()).optional(),
  /** Version or alias that `name` alone means; the highest version where it is not said. */
  active: z.string().optional(),
  /** Shares of the requests to `name` alone, by version or alias, such as { "stable": 90, "canary": 10 }. */
  traffic: z.record(z.string(), z.number().nonnegative()).optional(),
  /** Version or alias that is asked too, to compare; its answers are counted and never returned. */
  shadow: z.union([z.string(), shadowSchema]).optional(),
})

export type ServiceConfig = z.infer<typeof serviceConfigSchema>

/** @throws VALIDATION_FAILED with the path of each wrong entry. */
export function parseServiceConfig(text: string, where: string): ServiceConfig {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw createError('VALIDATION_FAILED', `${where} is not JSON`, { cause })
  }
  const parsed = serviceConfigSchema.safeParse(json)
  if (!parsed.success)
    throw createError('VALIDATION_FAILED', `${where}: ${unknownKeys(parsed.error) ?? z.prettifyError(parsed.error)}`)
  if (parsed.data.schema !== undefined) assertReadable(parsed.data.schema, where)
  return parsed.data
}

const knownKeys: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(serviceConfigSchema.shape),
  schema: Object.keys(schemaSchema.shape),
  'schema.features': Object.keys(featureSchema.shape),
  shadow: Object.keys(shadowSchema.shape),
}

/** One line a key that does not exist, with the nearest that does; undefined where something else is wrong. */
function unknownKeys({ issues }: z.ZodError): string | undefined {
  const lines = issues.flatMap((issue) => linesOf(issue, []))
  return lines.length === 0 ? undefined : lines.join('\n')
}

function linesOf(issue: z.core.$ZodIssue, parent: readonly PropertyKey[]): string[] {
  const path = [...parent, ...issue.path]
  if (issue.code === 'invalid_union') return issue.errors.flat().flatMap((inner) => linesOf(inner, path))
  if (issue.code !== 'unrecognized_keys') return []
  const known = knownKeys[path.filter((part) => typeof part === 'string').join('.')] ?? []
  return issue.keys.map((key) => `${[...path, key].join('.')}: there is no such key; ${nameHint(key, known)}`)
}

function assertReadable(schema: ModelSchema, where: string): void {
  try {
    createRowReader(schema)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw createError('VALIDATION_FAILED', `${where}: no row can be read: ${reason}`, { cause })
  }
}
