// A graph's model, which takes encoded columns, in; the same model, which takes canonical rows as kernels do, out.

import type { GraphInput } from '../../artifact/metadata.ts'
import type { Encoder } from '../../rows/encode.ts'
import { firstNotFinite } from '../finite-columns.ts'
import { type BackendModel, rowSlabName, type Slab } from '../port.ts'
import { rowSlabOf } from '../slab-check.ts'

export type RowModelOptions = {
  readonly encoder: Encoder
  /** What the graph reads. */
  readonly inputs: readonly GraphInput[]
  /** Number of canonical values of a row. */
  readonly rowWidth: number
  /** Whether rows that leave the range of float32 have no answer: raw is then NaN, as a kernel's is. */
  readonly mustBeFinite: boolean
}

/** Models that take rows already are given back as they are. */
export function createRowModel(graph: BackendModel, options: RowModelOptions): BackendModel {
  if (graph.takes === 'rows') return graph
  const { encoder, inputs: wanted, rowWidth, mustBeFinite } = options
  const rowSlab = { name: rowSlabName, width: rowWidth }
  /** Batches one after the other use the same columns again and again; those that overlap get their own. */
  let spare: readonly Slab[] | undefined

  function columnsFor(rowCount: number): readonly Slab[] {
    const found = spare
    spare = undefined
    if (found?.every(({ width, values }) => values.length >= rowCount * width) === true) return found
    return wanted.map(({ name, width }) => ({ name, width, values: new Float32Array(rowCount * width) }))
  }

  function finish(columns: readonly Slab[], rowCount: number, outputs: readonly Slab[]): void {
    if (mustBeFinite) markInfinite(columns, rowCount, outputs)
  }

  async function finishLater(pending: Promise<void>, ...batch: Parameters<typeof finish>): Promise<void> {
    try {
      await pending
      finish(...batch)
    } finally {
      spare = batch[0]
    }
  }

  return {
    ...graph,
    takes: 'rows',
    run(inputs, rowCount, outputs, limits) {
      const rows = rowSlabOf(inputs, rowSlab, rowCount).values
      const columns = columnsFor(rowCount)
      let pending: void | Promise<void> = undefined
      try {
        encoder.encode(
          rows,
          rowCount,
          columns.map(({ values }) => values),
        )
        pending = graph.run(columns, rowCount, outputs, limits)
        if (pending === undefined) return finish(columns, rowCount, outputs)
      } finally {
        if (pending === undefined) spare = columns
      }
      return finishLater(pending, columns, rowCount, outputs)
    },
    dispose: () => graph.dispose(),
  }
}

function markInfinite(columns: readonly Slab[], rowCount: number, outputs: readonly Slab[]): void {
  for (let row = 0; row < rowCount; row++)
    if (firstNotFinite(columns, row) !== undefined)
      for (const { width, values } of outputs) values.fill(NaN, row * width, (row + 1) * width)
}
