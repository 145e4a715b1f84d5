// The metadata of an artifact as it stands in model.json in, the typed metadata out.

import { createError } from '../errors.ts'
import { headWidth } from './head-width.ts'
import { isInRange, libraryVersion } from './library-version.ts'
import { type ArtifactMetadata, artifactSchemaVersion, metadataKey } from './metadata.ts'
import {
  anyOf,
  anything,
  closedObject,
  filledText,
  finite,
  flag,
  integer,
  issueText,
  listOf,
  matching,
  notNegative,
  oneOf,
  openObject,
  optional,
  recordOf,
  text,
  toldBy,
} from './shape.ts'
import { restoreCheckRows, type StoredCheckRows, storedCheckShape } from './stored-check-rows.ts'
import { restoreSchema, type StoredSchema, storedSchemaShape } from './stored-schema.ts'

const count = integer(0)
const scalar = anyOf(text, finite, flag)
const sha256 = matching(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits')

const targetShape = closedObject({
  classes: listOf(scalar),
  start: count,
  width: count,
  link: oneOf('identity', 'sigmoid', 'softmax', 'ovr-sigmoid', 'each-sigmoid'),
  scale: optional(finite),
  tie: optional(oneOf('first', 'second')),
})

const rangeFields = { start: count, width: integer(1) }
const range = closedObject(rangeFields)

const labelTargetShape = closedObject({
  classes: listOf(scalar, { least: 1 }),
  label: closedObject({
    ...rangeFields,
    threshold: optional(finite),
    isIndex: optional(flag),
    tie: optional(oneOf('first', 'second')),
  }),
  probabilities: optional(range),
  scores: optional(range),
})

const headShape = toldBy(
  'kind',
  closedObject({ kind: oneOf('classifier'), targets: listOf(targetShape), hasScores: flag }),
  closedObject({ kind: oneOf('labels'), targets: listOf(labelTargetShape, { least: 1 }) }),
  closedObject({
    kind: oneOf('multilabel'),
    classes: listOf(scalar),
    label: optional(range),
    scores: optional(range),
  }),
  closedObject({ kind: oneOf('regressor'), link: oneOf('identity', 'exp'), targetCount: count }),
  closedObject({ kind: oneOf('transformer'), width: count }),
)

const tensorShape = closedObject({
  name: text,
  role: oneOf('structure', 'leaf', 'dense', 'parameter', 'float64', 'cover'),
  shape: listOf(count),
  encoding: oneOf('uint8', 'uint16', 'float16', 'float32', 'int32'),
  byteLength: count,
  maxError: notNegative,
  escalated: optional(text),
})

export const trainingShape = closedObject({
  data: closedObject({ origin: oneOf('real', 'synthetic', 'mixed'), description: text, sha256, rowCount: count }),
  split: optional(text),
  seed: optional(integer(0)),
  metrics: optional(recordOf(finite)),
})

const metadataShape = openObject({
  schemaVersion: integer(Number.MIN_SAFE_INTEGER),
  writtenBy: text,
  servedBy: optional(text),
  name: filledText,
  version: filledText,
  kind: oneOf('classifier', 'regressor', 'transformer'),
  schema: storedSchemaShape,
  head: headShape,
  source: closedObject({
    framework: text,
    frameworkVersion: text,
    estimator: text,
    file: text,
    sha256: text,
  }),
  inputs: listOf(closedObject({ name: oneOf('ranks', 'features'), width: integer(1), region: integer(-1) })),
  rawWidth: integer(1),
  regions: anything,
  tensors: listOf(tensorShape),
  check: storedCheckShape,
  evaluation: optional(
    closedObject({
      rowCount: count,
      accuracy: optional(finite),
      rmse: optional(finite),
      r2: optional(finite),
      decision: optional(closedObject({ threshold: finite })),
    }),
  ),
  training: optional(trainingShape),
  shards: listOf(closedObject({ path: text, byteLength: count, sha256 })),
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
  const issue = metadataShape.issueOf(found)
  if (issue !== undefined)
    throw createError('VALIDATION_FAILED', `userDefinedMetadata.${metadataKey} ${issueText(issue)}`)
  const metadata = restored(found as StoredMetadata)
  assertHead(metadata)
  assertCheckRows(metadata)
  return metadata
}

type StoredMetadata = Omit<ArtifactMetadata, 'schema' | 'check'> & {
  readonly schema: StoredSchema
  readonly check: StoredCheckRows
}

function restored(stored: StoredMetadata): ArtifactMetadata {
  const schema = restoreSchema(stored.schema)
  return { ...stored, schema, check: restoreCheckRows(stored.check, schema.features.length) }
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

function assertHead({ head, rawWidth }: ArtifactMetadata): void {
  const width = headWidth(head)
  if (width > rawWidth)
    throw createError('VALIDATION_FAILED', `the head must read at most ${rawWidth} raw columns, got ${width}`)
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
