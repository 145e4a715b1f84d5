// A checked artifact and a backend in; a function from canonical rows to answers out.

import type { Artifact } from '../artifact/artifact.ts'
import type { BackendModel, Slab } from '../backend/port.ts'
import type { SelectedBackend } from '../backend/choice/select-backend.ts'
import { isMLError, type MLError } from '../errors.ts'
import { createDecoder } from '../rows/decode.ts'
import type { Answer } from '../rows/prediction.ts'

export type RowResult = Answer | MLError

/** Rows of the first slabs; they double from here. */
const firstCapacity = 64

export type LoadedModel = {
  readonly mode: BackendModel['mode']
  /** One result a row, in order; an asynchronous model takes one batch at a time. */
  run(rows: readonly Float64Array[]): readonly RowResult[] | Promise<readonly RowResult[]>
  dispose(): void
}

export function createLoadedModel(
  { metadata }: Artifact,
  { model: backend, encoder }: Pick<SelectedBackend, 'model' | 'encoder'>,
): LoadedModel {
  const decode = createDecoder(metadata.head)
  const featureCount = metadata.schema.features.length
  let slabs = allocate(firstCapacity)

  function allocate(capacity: number) {
    const inputs = metadata.inputs.map(({ name, width }) => ({
      name,
      width,
      values: new Float32Array(capacity * width),
    }))
    return {
      capacity,
      rows: new Float64Array(capacity * featureCount),
      inputs: inputs as readonly Slab[],
      inputValues: inputs.map(({ values }) => values),
      output: { name: 'raw', width: metadata.rawWidth, values: new Float32Array(capacity * metadata.rawWidth) },
    }
  }

  function fill(rows: readonly Float64Array[]): void {
    if (rows.length > slabs.capacity) slabs = allocate(Math.max(rows.length, 2 * slabs.capacity))
    for (let i = 0; i < rows.length; i++) slabs.rows.set(rows[i], i * featureCount)
    encoder.encode(slabs.rows, rows.length, slabs.inputValues)
  }

  function read(rowCount: number): RowResult[] {
    const results: RowResult[] = new Array<RowResult>(rowCount)
    for (let i = 0; i < rowCount; i++) results[i] = decodeRow(i)
    return results
  }

  function decodeRow(i: number): RowResult {
    try {
      return decode(slabs.output.values, i * metadata.rawWidth)
    } catch (error) {
      if (isMLError(error)) return error
      throw error
    }
  }

  return {
    mode: backend.mode,
    run(rows) {
      if (rows.length === 0) return []
      fill(rows)
      const pending = backend.run(slabs.inputs, rows.length, [slabs.output])
      return pending === undefined ? read(rows.length) : pending.then(() => read(rows.length))
    },
    dispose: () => backend.dispose(),
  }
}
