// The metadata of an artifact as it stands in model.json in, the typed metadata out.

import { z } from 'zod'
import { createError } from '../errors.ts'
import { isInRange, libraryVersion } from './library-version.ts'
import { type ArtifactMetadata, artifactSchemaVersion, metadataKey } from './metadata.ts'
import { firstIssue } from './model-json-shape.ts'

const count = z.int().nonnegative()
const scalar = z.union([z.string(), z.number(), z.boolean()])
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits')

const featureShape = z.strictObject({
  name: z.string(),
  dtype: z.enum(['number', 'string', 'boolean']),
  used: z.boolean(),
  missing: z.enum(['handled', 'error']),
  categories: z.array(scalar).optional(),
  unknown: z.enum(['ignored', 'error']).optional(),
  infinite: z.boolean().optional(),
  units: z.string().optional(),
  range: z.tuple([z.number(), z.number()]).optional(),
  description: z.string().optional(),
})

const schemaShape = z.strictObject({
  features: z.array(featureShape),
  classes: z.union([z.array(scalar), z.array(z.array(scalar))]).optional(),
  outputs: z.array(z.enum(['label', 'probabilities', 'scores', 'value', 'vector'])),
  vectorNames: z.array(z.string()).optional(),
})

const targetShape = z.strictObject({
  classes: z.array(scalar),
  start: count,
  width: count,
  link: z.enum(['identity', 'sigmoid', 'softmax', 'ovr-sigmoid']),
  scale: z.number().optional(),
  tie: z.enum(['first', 'second']).optional(),
})

const headShape = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('classifier'), targets: z.array(targetShape), hasScores: z.boolean() }),
  z.strictObject({ kind: z.literal('multilabel'), classes: z.array(scalar) }),
  z.strictObject({ kind: z.literal('regressor'), link: z.enum(['identity', 'exp']), targetCount: count }),
  z.strictObject({ kind: z.literal('transformer'), width: count }),
])

const tensorShape = z.strictObject({
  name: z.string(),
  role: z.enum(['structure', 'leaf', 'dense', 'parameter', 'float64', 'cover']),
  shape: z.array(count),
  encoding: z.enum(['uint8', 'uint16', 'float16', 'float32', 'int32']),
  byteLength: count,
  maxError: z.number().nonnegative(),
  escalated: z.string().optional(),
})

const rowsShape = z.array(z.array(z.number().nullable()))

/** At most 64 rows are stored; a reader replays all of them at each load. */
const maxCheckRows = 64

const metadataShape = z.object({
  schemaVersion: z.int(),
  writtenBy: z.string(),
  servedBy: z.string().optional(),
  name: z.string().min(1),
  version: z.string().min(1),
  kind: z.enum(['classifier', 'regressor', 'transformer']),
  schema: schemaShape,
  head: headShape,
  source: z.strictObject({
    framework: z.string(),
    frameworkVersion: z.string(),
    estimator: z.string(),
    file: z.string(),
    sha256: z.string(),
  }),
  inputs: z.array(
    z.strictObject({ name: z.enum(['ranks', 'features']), width: count.positive(), region: z.int().min(-1) }),
  ),
  rawWidth: count.positive(),
  regions: z.unknown(),
  tensors: z.array(tensorShape),
  check: z.strictObject({ rows: rowsShape.max(maxCheckRows), exact: rowsShape, quantized: rowsShape }),
  evaluation: z
    .strictObject({
      rowCount: count,
      accuracy: z.number().optional(),
      rmse: z.number().optional(),
      r2: z.number().optional(),
    })
    .optional(),
  shards: z.array(z.strictObject({ path: z.string(), byteLength: count, sha256 })),
})

/**
 * Our part of a model.json's userDefinedMetadata.
 * @throws VERSION_INCOMPATIBLE where a newer library wrote it, VALIDATION_FAILED where it is not there or malformed
 */
export function parseMetadata(userDefinedMetadata: Readonly<Record<string, unknown>>): ArtifactMetadata {
  const found = userDefinedMetadata[metadataKey]
  if (found === undefined)
    throw createError(
      'VALIDATION_FAILED',
      `model.json has no userDefinedMetadata.${metadataKey}: it was not made by this library; convert the source model`,
    )
  assertVersion(found)
  const parsed = metadataShape.safeParse(found)
  if (!parsed.success)
    throw createError('VALIDATION_FAILED', `userDefinedMetadata.${metadataKey} ${firstIssue(parsed.error)}`, {
      cause: parsed.error,
    })
  const metadata = parsed.data as ArtifactMetadata
  assertCheckRows(metadata)
  return metadata
}

/** Before the rest, since a newer library may have changed all of it. */
function assertVersion(found: unknown): void {
  const { schemaVersion, servedBy } = (found ?? {}) as { schemaVersion?: unknown; servedBy?: unknown }
  if (typeof schemaVersion === 'number' && schemaVersion > artifactSchemaVersion)
    throw createError(
      'VERSION_INCOMPATIBLE',
      `the artifact has schema version ${schemaVersion}, this library reads up to ${artifactSchemaVersion}; update tfjs-serving`,
      { details: { schemaVersion, supported: artifactSchemaVersion } },
    )
  if (typeof servedBy === 'string' && !isInRange(libraryVersion, servedBy))
    throw createError(
      'VERSION_INCOMPATIBLE',
      `the artifact may be served by tfjs-serving ${servedBy}, this is ${libraryVersion}; install a version in that range, or convert the model again`,
      { details: { servedBy, libraryVersion } },
    )
}

function assertCheckRows({ check, schema, rawWidth }: ArtifactMetadata): void {
  const tables = [
    ['rows', check.rows, schema.features.length],
    ['exact', check.exact, rawWidth],
    ['quantized', check.quantized, rawWidth],
  ] as const
  for (const [name, rows, width] of tables) {
    const wrong = rows.findIndex((row) => row.length !== width)
    if (rows.length === check.rows.length && wrong < 0) continue
    throw createError(
      'VALIDATION_FAILED',
      `check.${name} must have ${check.rows.length} rows of ${width} numbers, got ${rows.length}${wrong < 0 ? '' : `, row ${wrong} of ${rows[wrong].length}`}`,
    )
  }
}
