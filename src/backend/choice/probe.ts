// An artifact's check rows in; batches of any size made of them, and what must come out of a backend, out.

import type { Artifact } from '../../artifact/artifact.ts'
import type { FeatureSchema } from '../../artifact/schema.ts'
import type { RegionGraph } from '../../regions/region.ts'
import { roundingBound } from '../../regions/rounding-bound.ts'
import type { Encoder } from '../../rows/encode.ts'
import { type AnySlab, type BackendModel, rowSlabName, type Slab } from '../port.ts'

export type CheckedModel = {
  readonly artifact: Artifact
  /** Restored from the artifact. */
  readonly graph: RegionGraph
  readonly encoder: Encoder
}

/** Row `rowAt(i)` of the probe is the i-th of a batch. */
export type RowAt = (i: number) => number

export type ProbeBatch = {
  readonly inputs: readonly AnySlab[]
  readonly rowCount: number
  readonly raw: Slab
  /** Fills `inputs` again, as each batch of a serving model must: part of what its runs cost. */
  encode(): void
}

export type Probe = {
  readonly rowCount: number
  readonly rawWidth: number
  /** By row: the float64 oracle's answers for the stored tables; absent where the artifact has no check rows. */
  readonly answers?: readonly Float64Array[]
  /** By row, how far float32 arithmetic may be off. */
  readonly bounds: readonly Float64Array[]
  /** In the form that `model` takes. */
  batch(model: Pick<BackendModel, 'takes'>, rowCount: number, rowAt: RowAt): ProbeBatch
}

/** Rows made up where the artifact brings none: enough to tell a batch from its rows one by one. */
const inventedRows = 5

export function createProbe({ artifact, graph, encoder }: CheckedModel): Probe {
  const { check, inputs: wanted, rawWidth, schema } = artifact.metadata
  const rows = probeRows(artifact)
  const rowCount = rows.length
  const width = schema.features.length
  return {
    rowCount,
    rawWidth,
    ...(check.rows.length > 0 && {
      answers: check.quantized.map((row) => Float64Array.from(row, (value) => value ?? NaN)),
    }),
    bounds: boundsOf(graph, rows),
    batch({ takes }, batchRows, rowAt) {
      const values = new Float64Array(width * batchRows)
      for (let i = 0; i < batchRows; i++) values.set(rows[rowAt(i)], i * width)
      const raw = { name: 'raw', width: rawWidth, values: new Float32Array(rawWidth * batchRows) }
      if (takes === 'rows')
        return { inputs: [{ name: rowSlabName, width, values }], rowCount: batchRows, raw, encode: () => undefined }
      const inputs = wanted.map((input) => ({
        name: input.name,
        width: input.width,
        values: new Float32Array(input.width * batchRows),
      }))
      const slabs = inputs.map((input) => input.values)
      const encode = (): void => encoder.encode(values, batchRows, slabs)
      encode()
      return { inputs, rowCount: batchRows, raw, encode }
    },
  }
}

/** Trees have one bound for all rows, which takes a walk over all their leaves. */
function boundsOf(graph: RegionGraph, rows: readonly Float64Array[]): Float64Array[] {
  const isSame = graph.output.every(({ region }) => graph.regions[region].kind === 'tree-ensemble')
  if (!isSame || rows.length === 0) return rows.map((row) => roundingBound(graph, row))
  const bound = roundingBound(graph, rows[0])
  return rows.map(() => bound)
}

/** The artifact's check rows as canonical rows; without any, finite ones that its schema allows. */
export function probeRows({ metadata: { check, schema } }: Artifact): Float64Array[] {
  if (check.rows.length > 0) return check.rows.map((row) => Float64Array.from(row, (value) => value ?? NaN))
  return Array.from({ length: inventedRows }, (_, row) =>
    Float64Array.from(schema.features, (feature, i) => inventedValue(feature, row + i)),
  )
}

function inventedValue({ dtype, categories }: FeatureSchema, turn: number): number {
  if (dtype === 'boolean') return turn % 2
  if (categories === undefined || categories.length === 0) return (turn % 5) - 2
  const category = turn % categories.length
  const value = categories[category]
  // numbers as they are, text by its index
  return dtype === 'number' && typeof value === 'number' ? value : category
}
