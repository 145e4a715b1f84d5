// A trained source model, its data and its folder's configuration in, the artifact that serves it out.

import type { ConversionReport } from '../../../converters/index.ts'
import type { TrainingRecord } from '../../artifact/metadata.ts'
import type { Hash } from '../../artifact/sha256.ts'
import { createError } from '../../errors.ts'
import type { ServiceConfig } from '../../runtime/service-config.ts'
import { goldenOutputs, isClassifier } from '../judge/outputs.ts'
import { valuesOf } from '../metrics/measures.ts'
import { scoredRows } from '../metrics/scored-rows.ts'
import type { RowSplit } from '../table/split-rows.ts'
import { jsonRow, targetOf, type TrainingTable } from '../table/training-table.ts'
import type { TrainedModel } from '../trainer.ts'
import type { TrainingConfig } from '../training-config.ts'

export type TrainedSource = Pick<TrainedModel, 'files' | 'golden'>

export type ConvertTrainedOptions = {
  readonly config: TrainingConfig
  readonly version: string
  readonly table: TrainingTable
  readonly split: RowSplit
  readonly service: ServiceConfig
  readonly hash: Hash
  readonly signal?: AbortSignal
  readonly onProgress?: (message: string) => void
}

export type ConvertedModel = {
  readonly files: Readonly<Record<string, Uint8Array>>
  readonly report: ConversionReport
}

/** Weights of networks are rounded for rows to train on: enough that rare ones are among them, and still a second's work. */
const calibrationRowCount = 2048

/**
 * The same source, data and configuration give the same bytes on every machine.
 * @throws what `convertModel` throws; VALIDATION_FAILED where service.json describes other features
 */
export async function convertTrained(source: TrainedSource, options: ConvertTrainedOptions): Promise<ConvertedModel> {
  const { config, version, table, split, service, hash, signal, onProgress } = options
  const { convertModel } = await import('../../../converters/index.ts')
  const { rows, truth, decision } = evaluationOf(source, options)
  const { files, report } = await convertModel(source.files, {
    name: config.name,
    version,
    quantize: 'uint8',
    golden: source.golden,
    calibration: { rows: spread(split.trainRows, calibrationRowCount).map((row) => jsonRow(table, row)) },
    evaluation: decision === undefined ? { rows, truth } : { rows, truth, decision },
    features: featureNotes(service, config),
    training: trainingRecord(source, options),
    hash,
    ...(signal && { signal }),
    ...(onProgress && { onProgress: ({ message }) => onProgress(message) }),
  })
  return { files, report }
}

export type Evaluation = {
  readonly rows: readonly (readonly (number | null)[])[]
  /** Classes, or 0 and the scale for models that give a value. */
  readonly truth: readonly number[]
  readonly decision?: { readonly threshold: number }
}

/** Rows and what was true of them, as `convertModel` takes them. @param judged rows of the table @default the held-out ones */
export function evaluationOf(
  { golden }: Pick<TrainedSource, 'golden'>,
  { config, table, split }: Pick<ConvertTrainedOptions, 'config' | 'table' | 'split'>,
  judged: Int32Array = split.heldOutRows,
): Evaluation {
  const { threshold, scale = 1 } = config.decision
  const rows = Array.from(judged, (row) => jsonRow(table, row))
  const target = targetOf(table, judged)
  return isClassifier(golden)
    ? { rows, truth: [...target] }
    : { rows, truth: Array.from(target, (value) => value * scale), decision: { threshold } }
}

function trainingRecord(
  { golden }: TrainedSource,
  { config, table, split }: ConvertTrainedOptions,
): TrainingRecord & { readonly metrics: Readonly<Record<string, number>> } {
  const { output, rows } = goldenOutputs(golden, table, split.heldOutRows)
  const metrics = valuesOf(scoredRows(targetOf(table, rows), output, config.decision))
  return {
    data: {
      origin: config.data.origin,
      description: config.data.description,
      sha256: table.sha256,
      rowCount: table.rowCount,
    },
    split: splitText(config),
    seed: config.split.seed,
    metrics: Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, Number(value.toFixed(6))])),
  }
}

export function splitText({ split, data }: TrainingConfig): string {
  const kind = split.kind === 'time' ? `by ${split.column}, the latest` : 'stratified by class,'
  const group = data.group === undefined ? '' : `, whole groups of ${data.group}`
  const where = Object.entries(data.evaluateWhere ?? {}).map(([name, value]) => `${name} = ${value}`)
  const judged = where.length === 0 ? '' : `, judged where ${where.join(' and ')}`
  return `${kind} ${100 * split.heldOutShare} % held out${group}${judged}`
}

/** What service.json says of the features. @throws VALIDATION_FAILED where it describes others */
export function featureNotes({ schema }: ServiceConfig, { data, name }: TrainingConfig) {
  if (schema === undefined) return []
  const names = schema.features.map((feature) => feature.name)
  if (names.join('\n') !== data.features.join('\n'))
    throw createError(
      'VALIDATION_FAILED',
      `service.json of ${name} must have the features of training.json in their order (${data.features.join(', ')}), got ${names.join(', ')}`,
    )
  return schema.features.map(({ name: feature, units, range, description }) => ({
    name: feature,
    ...(units !== undefined && { units }),
    ...(range !== undefined && { range }),
    ...(description !== undefined && { description }),
  }))
}

function spread(rows: Int32Array, count: number): number[] {
  const taken = Math.min(count, rows.length)
  return Array.from({ length: taken }, (_, i) => rows[Math.floor((i * rows.length) / taken)])
}
