// The text of a training.json in, a checked configuration out.

import { z } from 'zod'
import { isVersion } from '../../artifact/version.ts'
import { createError } from '../../errors.ts'
import { nameHint } from '../../rows/nearest-name.ts'
import type { TrainingConfig } from '../training-config.ts'

/** What a model's folder and a run have beside the source. */
const ownFiles: ReadonlySet<string> = new Set([
  '.',
  'training.json',
  'service.json',
  'rule.json',
  'heldout.json',
  'history.jsonl',
  'card.md',
  'calibration.svg',
  'report.html',
  'versions',
])

const text = z.string().min(1)
/** Models may share data and requirements with others beside them. */
const path = text.refine((value) => !/^([/\\]|[A-Za-z]:)/.test(value), 'expected a path relative to training.json')
/** A run writes here: nothing outside of the model's folder, and nothing that the folder has of its own. */
const sourcePath = path
  .refine((value) => !value.split(/[/\\]/).includes('..'), "expected a path inside the model's folder")
  .refine((value) => !ownFiles.has(value.replace(/^(\.\/)+/, '')), 'expected a name of its own, such as model.joblib')
const share = z.number().gt(0).lt(1)
const seed = z.int().min(0).max(4294967295)
const parameters = z.record(z.string(), z.unknown()).readonly()

const dataSchema = z.strictObject({
  file: path,
  origin: z.enum(['real', 'synthetic', 'mixed']),
  description: text,
  target: text,
  features: z.array(text).min(1).readonly(),
  trueProbability: text.optional(),
  group: text.optional(),
  evaluateWhere: z.record(z.string(), z.number()).readonly().optional(),
})

const stratifiedSchema = z.strictObject({ kind: z.literal('stratified'), heldOutShare: share, seed })
const timeSchema = z.strictObject({ kind: z.literal('time'), column: text, heldOutShare: share, seed })
const pythonSchema = z.strictObject({ kind: z.literal('python'), script: path, requirements: path, parameters })
const layersSchema = z.strictObject({ kind: z.literal('layers'), parameters })

const decisionSchema = z.strictObject({
  threshold: z.number(),
  positive: text,
  negative: text,
  scale: z.number().positive().optional(),
})

const gatesSchema = z.strictObject({
  accuracyFloor: z.number().min(0).max(1),
  maxCalibrationError: z.number().min(0).max(1),
  latencyTargetMs: z.number().positive(),
  maxBytes: z.int().positive(),
  maxQuantizationLoss: z.number().min(0).max(1).optional(),
})

const configSchema = z.strictObject({
  name: text.regex(/^[A-Za-z0-9][\w-]{0,127}$/, 'expected letters, digits, _ and -'),
  version: text.refine(isVersion, 'expected a semantic version such as 2.1.0'),
  data: dataSchema,
  split: z.discriminatedUnion('kind', [stratifiedSchema, timeSchema]),
  folds: z.int().min(2).max(20).optional(),
  trainer: z.discriminatedUnion('kind', [pythonSchema, layersSchema]),
  source: sourcePath,
  decision: decisionSchema,
  fallback: text,
  gates: gatesSchema,
}) satisfies z.ZodType<TrainingConfig, unknown>

/** @throws VALIDATION_FAILED naming each wrong key, and the nearest that there is */
export function parseTrainingConfig(text: string, where: string): TrainingConfig {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw createError('VALIDATION_FAILED', `${where} must be JSON: ${reason}`, { cause })
  }
  const parsed = configSchema.safeParse(json)
  if (!parsed.success) throw createError('VALIDATION_FAILED', `${where}: ${faultsOf(parsed.error, json)}`)
  assertColumns(parsed.data, where)
  assertSource(parsed.data, where)
  assertThreshold(parsed.data, where)
  return parsed.data
}

function faultsOf({ issues }: z.ZodError, json: unknown): string {
  const lines = issues.map((issue) => {
    const at = issue.path.map(String)
    if (issue.code !== 'unrecognized_keys') return `${at.join('.') || 'the file'}: ${issue.message}`
    const known = keysAt(at, json)
    return issue.keys
      .map((key) => `${[...at, key].join('.')}: there is no such key; ${nameHint(key, known)}`)
      .join('; ')
  })
  return lines.join('; ')
}

function keysAt([part]: readonly string[], json: unknown): readonly string[] {
  const kind = (json as Readonly<Record<string, { readonly kind?: unknown } | undefined>>)[part ?? '']?.kind
  switch (part) {
    case undefined:
      return Object.keys(configSchema.shape)
    case 'data':
      return Object.keys(dataSchema.shape)
    case 'split':
      return Object.keys((kind === 'time' ? timeSchema : stratifiedSchema).shape)
    case 'trainer':
      return Object.keys((kind === 'python' ? pythonSchema : layersSchema).shape)
    case 'decision':
      return Object.keys(decisionSchema.shape)
    default:
      return Object.keys(gatesSchema.shape)
  }
}

/** A target among the features would be the answer itself, and so would be what it was drawn with. */
function assertColumns({ data, split }: TrainingConfig, where: string): void {
  const { features, target, trueProbability, group } = data
  const twice = features.find((name, i) => features.indexOf(name) !== i)
  if (twice !== undefined) throw invalid(where, `data.features must name each column once, got ${twice} twice`)
  for (const [key, column] of Object.entries({ target, trueProbability, group }))
    if (column !== undefined && features.includes(column))
      throw invalid(where, `data.${key} is ${column}, which is also a feature; take it out of data.features`)
  if (split.kind === 'time' && split.column === target)
    throw invalid(where, `split.column is ${target}, which is the target; name the column with the time`)
}

function assertSource({ source, data, trainer }: TrainingConfig, where: string): void {
  const used = trainer.kind === 'python' ? [data.file, trainer.script, trainer.requirements] : [data.file]
  if (used.includes(source)) throw invalid(where, `source is ${source}, which training reads; name another file`)
}

/** Else every row, or none, would be positive. */
function assertThreshold({ decision: { threshold, scale = 1 } }: TrainingConfig, where: string): void {
  if (threshold > 0 && threshold <= scale) return
  throw invalid(
    where,
    `decision.threshold must be over 0 and at most decision.scale, which is ${scale}, got ${threshold}; scale is what a probability of 1 is on the model's scale`,
  )
}

function invalid(where: string, fault: string): Error {
  return createError('VALIDATION_FAILED', `${where}: ${fault}`)
}
