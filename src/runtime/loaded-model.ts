// A checked artifact and a backend in; a function from canonical rows to answers out.

import type { Artifact } from '../artifact/artifact.ts'
import { firstNotFinite, mustBeFinite } from '../backend/finite-columns.ts'
import { type BackendModel, type RowSlab, rowSlabName, type RunLimits, type Slab } from '../backend/port.ts'
import type { SelectedBackend } from '../backend/choice/select-backend.ts'
import { createError, isMLError, type MLError } from '../errors.ts'
import { type Clock, systemClock } from '../observe/clock.ts'
import { createDecoder } from '../rows/decode.ts'
import type { RowResult } from './row-result.ts'

/** Rows of the first slabs; they double from here. */
const firstCapacity = 64

/** Boundaries of the runs of one batch, as times of the clock; NaN until they are reached. */
export type RunTimes = {
  /** The first run's rows are what the backend reads. */
  encodedAtMs: number
  /** The backend has answered the last run. */
  answeredAtMs: number
}

export type LoadedModel = {
  readonly mode: BackendModel['mode']
  readonly hostWaitMs?: BackendModel['hostWaitMs']
  /**
   * One result a row, in order. Batches of an asynchronous model may overlap: one that is overdue may run on. Without
   * limits, as while it is warmed, a run may take as long as the backend lets it.
   */
  run(
    rows: readonly Float64Array[],
    limits?: RunLimits,
    times?: RunTimes,
  ): readonly RowResult[] | Promise<readonly RowResult[]>
  /**
   * Frees the backend's model once no batch runs: it must not lose its tensors in the middle of one. A host sees to that
   * by itself, and is told at once, so that it holds nobody up whose callers have been told.
   */
  dispose(): void
}

/** Room for one batch under way; nobody else writes to it until that batch is settled. */
type Slabs = {
  readonly capacity: number
  readonly rows: RowSlab
  /** None where the model takes the rows themselves. */
  readonly columns: readonly Slab[]
  readonly columnValues: readonly Float32Array[]
  readonly output: Slab
}

/** `value`, NaN or infinite, is what the row became where only numbers have an answer. */
function withoutAnswer(model: string, value: number): MLError {
  const why = Number.isNaN(value)
    ? "has no answer to the row: a step of it gives NaN, as the source's does for a logarithm below 0 or a radius without neighbours"
    : 'computes in float32, and a value of the row is beyond its range of ±3.4e38 once it is scaled'
  return createError('EXECUTION_FAILED', `${model} ${why}; other rows are not affected`, { details: { model } })
}

export function createLoadedModel(
  { metadata }: Artifact,
  { model: backend, encoder }: Pick<SelectedBackend, 'model' | 'encoder'>,
  { now }: Pick<Clock, 'now'> = systemClock,
): LoadedModel {
  const decode = createDecoder(metadata.head)
  const { name } = metadata
  const takesRows = backend.takes === 'rows'
  // models that take rows answer NaN there
  const isBounded = mustBeFinite(metadata)
  const featureCount = metadata.schema.features.length
  /** Batches one after the other use the same slabs again and again. */
  let spare: Slabs | undefined
  let runningCount = 0
  let isDisposed = false

  function take(rowCount: number): Slabs {
    const found = spare
    spare = undefined
    if (found !== undefined && rowCount <= found.capacity) return found
    return allocate(Math.max(rowCount, found === undefined ? firstCapacity : 2 * found.capacity))
  }

  function giveBack(slabs: Slabs): void {
    if (spare === undefined || spare.capacity < slabs.capacity) spare = slabs
  }

  function allocate(capacity: number): Slabs {
    const columns = takesRows
      ? []
      : metadata.inputs.map(({ name, width }) => ({ name, width, values: new Float32Array(capacity * width) }))
    return {
      capacity,
      rows: { name: rowSlabName, width: featureCount, values: new Float64Array(capacity * featureCount) },
      columns,
      columnValues: columns.map(({ values }) => values),
      output: { name: 'raw', width: metadata.rawWidth, values: new Float32Array(capacity * metadata.rawWidth) },
    }
  }

  function fill(slabs: Slabs, rows: readonly Float64Array[], times: RunTimes): void {
    for (let i = 0; i < rows.length; i++) slabs.rows.values.set(rows[i], i * featureCount)
    if (!takesRows) encoder.encode(slabs.rows.values, rows.length, slabs.columnValues)
    if (Number.isNaN(times.encodedAtMs)) times.encodedAtMs = now()
  }

  function read(slabs: Slabs, rowCount: number, times: RunTimes): RowResult[] {
    times.answeredAtMs = now()
    const results: RowResult[] = new Array<RowResult>(rowCount)
    for (let i = 0; i < rowCount; i++) {
      const odd = isBounded && !takesRows ? firstNotFinite(slabs.columns, i) : undefined
      results[i] = odd === undefined ? decodeRow(slabs, i) : withoutAnswer(name, odd)
    }
    return results
  }

  function decodeRow({ output, rows }: Slabs, i: number): RowResult {
    try {
      return decode(output.values, i * metadata.rawWidth)
    } catch (error) {
      if (!isMLError(error)) throw error
      const row = rows.values.subarray(i * featureCount, (i + 1) * featureCount)
      const odd = takesRows && isBounded ? oddOnceEncoded(row) : undefined
      return odd === undefined ? error : withoutAnswer(name, odd)
    }
  }

  function oddOnceEncoded(row: Float64Array): number | undefined {
    const columns = metadata.inputs.map((input) => ({ ...input, values: new Float32Array(input.width) }))
    const slabs = columns.map(({ values }) => values)
    encoder.encode(row, 1, slabs)
    return firstNotFinite(columns, 0)
  }

  async function finish(
    pending: Promise<void>,
    slabs: Slabs,
    { rowCount, times }: { readonly rowCount: number; readonly times: RunTimes },
  ): Promise<readonly RowResult[]> {
    runningCount++
    try {
      await pending
      return read(slabs, rowCount, times)
    } finally {
      giveBack(slabs)
      if (--runningCount === 0 && isDisposed) backend.dispose()
    }
  }

  return {
    mode: backend.mode,
    hostWaitMs: backend.hostWaitMs,
    run(rows, limits, times = { encodedAtMs: NaN, answeredAtMs: NaN }) {
      if (rows.length === 0) return []
      const slabs = take(rows.length)
      let pending: void | Promise<void> = undefined
      try {
        fill(slabs, rows, times)
        pending = backend.run(takesRows ? [slabs.rows] : slabs.columns, rows.length, [slabs.output], limits)
        if (pending === undefined) return read(slabs, rows.length, times)
      } finally {
        if (pending === undefined) giveBack(slabs)
      }
      return finish(pending, slabs, { rowCount: rows.length, times })
    },
    dispose() {
      isDisposed = true
      if (runningCount === 0 || backend.hostWaitMs !== undefined) backend.dispose()
    },
  }
}
