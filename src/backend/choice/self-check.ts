// A loaded model and its artifact in, whether it answers the check rows as the oracle does out, and by how much it is off.

import type { Artifact } from '../../artifact/artifact.ts'
import type { RegionGraph } from '../../regions/region.ts'
import { roundingBound } from '../../regions/rounding-bound.ts'
import type { Encoder } from '../../rows/encode.ts'
import type { BackendModel, Slab } from '../port.ts'

export type SelfCheck = {
  readonly isRight: boolean
  /** Rows replayed, each alone and all at once. */
  readonly rowCount: number
  /** Largest distance from the oracle, and where it is; where `isRight` is false, the worst against its bound. */
  readonly worst?: {
    readonly row: number
    readonly column: number
    readonly difference: number
    readonly bound: number
  }
  /** What happened, in one phrase. */
  readonly reason: string
}

export type CheckedModel = {
  readonly artifact: Artifact
  /** Restored from the artifact. */
  readonly graph: RegionGraph
  readonly encoder: Encoder
}

/** Replays `metadata.check` at batch 1 and all at once against the oracle's answers for the stored tables. */
export async function selfCheck(model: BackendModel, checked: CheckedModel): Promise<SelfCheck> {
  const { check, rawWidth } = checked.artifact.metadata
  const rows = checkRows(checked.artifact)
  const rowCount = rows.length
  if (rowCount === 0) return { isRight: true, rowCount, reason: 'the artifact has no check rows' }
  const bounds = rows.map((row) => roundingBound(checked.graph, row))
  const answers = check.quantized.map((row) => Float64Array.from(row, (value) => value ?? NaN))
  let worst: SelfCheck['worst']
  const compare = (row: number, got: Float32Array, at: number): void => {
    for (let column = 0; column < rawWidth; column++) {
      const difference = distance(got[at + column], answers[row][column])
      const bound = bounds[row][column]
      if (worst === undefined || difference * worst.bound > worst.difference * bound || Number.isNaN(difference))
        worst = { row, column, difference, bound }
    }
  }
  for (let row = 0; row < rowCount; row++) compare(row, await answer(model, checkBatch(checked, [rows[row]])), 0)
  const together = await answer(model, checkBatch(checked, rows))
  for (let row = 0; row < rowCount; row++) compare(row, together, row * rawWidth)
  const isRight = worst === undefined || worst.difference <= worst.bound
  return { isRight, rowCount, ...(worst && { worst }), reason: reasonOf(isRight, rowCount, worst) }
}

/** The artifact's check rows as canonical rows. */
export function checkRows({ metadata }: Artifact): Float64Array[] {
  return metadata.check.rows.map((row) => Float64Array.from(row, (value) => value ?? NaN))
}

export type CheckBatch = { readonly inputs: readonly Slab[]; readonly rowCount: number; readonly raw: Slab }

/** Slabs of canonical rows, encoded, and one for the answers. */
export function checkBatch({ artifact, encoder }: CheckedModel, rows: readonly Float64Array[]): CheckBatch {
  const rowCount = rows.length
  const { inputs: wanted, rawWidth } = artifact.metadata
  const flat = new Float64Array(rows.reduce((sum, row) => sum + row.length, 0))
  rows.forEach((row, i) => flat.set(row, i * row.length))
  const inputs = wanted.map(({ name, width }) => ({ name, width, values: new Float32Array(width * rowCount) }))
  encoder.encode(
    flat,
    rowCount,
    inputs.map(({ values }) => values),
  )
  return { inputs, rowCount, raw: { name: 'raw', width: rawWidth, values: new Float32Array(rawWidth * rowCount) } }
}

async function answer(model: BackendModel, { inputs, rowCount, raw }: CheckBatch): Promise<Float32Array> {
  await model.run(inputs, rowCount, [raw])
  return raw.values
}

/** 0 where both are NaN or the same infinity; infinite where only one of them is. */
function distance(got: number, expected: number): number {
  if (Object.is(got, expected) || got === expected) return 0
  const difference = Math.abs(got - expected)
  return Number.isNaN(difference) ? Infinity : difference
}

function reasonOf(isRight: boolean, rowCount: number, worst: SelfCheck['worst']): string {
  if (worst === undefined || isRight) return `right on all ${rowCount} check rows`
  const { row, column, difference, bound } = worst
  return `wrong on check row ${row}, output ${column}: off by ${difference.toPrecision(3)}, where rounding explains ${bound.toPrecision(3)}`
}
