// A kernel and a graph of one model in; one model that gives each batch to the faster of them out.

import type { GraphInput } from '../../artifact/metadata.ts'
import { isMLError } from '../../errors.ts'
import type { Encoder } from '../../rows/encode.ts'
import type { KernelModel } from '../kernel/kernel-backend.ts'
import { type BackendModel, rowSlabName, type Slab } from '../port.ts'
import { rowSlabOf } from '../slab-check.ts'

export type TunedModelOptions = {
  readonly kernel: KernelModel
  readonly graph: BackendModel
  /** Larger batches are the graph's. */
  readonly kernelMaxRows: number
  readonly encoder: Encoder
  readonly inputs: readonly GraphInput[]
  /** Number of canonical values of a row. */
  readonly rowWidth: number
  /** Whether rows that leave the range of float32 have no answer. */
  readonly mustBeFinite: boolean
}

/** Where the graph's backend gives out for good, the kernel takes its batches as well. */
export function createTunedModel(options: TunedModelOptions): BackendModel {
  const { kernel, graph, kernelMaxRows, encoder, inputs: wanted, rowWidth, mustBeFinite } = options
  /** Batches one after the other use the same columns again and again; those that overlap get their own. */
  let spare: Slab[] | undefined
  let isGraphLost = false

  function columnsFor(rowCount: number): Slab[] {
    const found = spare
    spare = undefined
    if (found?.every(({ width, values }) => values.length >= rowCount * width) === true) return found
    return wanted.map(({ name, width }) => ({ name, width, values: new Float32Array(rowCount * width) }))
  }

  async function runGraph(...[inputs, rowCount, outputs, limits]: Parameters<BackendModel['run']>): Promise<void> {
    const columns = columnsFor(rowCount)
    const rows = rowSlabOf(inputs, { name: rowSlabName, width: rowWidth }, rowCount)
    const values = columns.map((column) => column.values)
    encoder.encode(rows.values, rowCount, values)
    try {
      await graph.run(columns, rowCount, outputs, limits)
      if (mustBeFinite) markInfinite(columns, rowCount, outputs)
    } catch (error) {
      if (!isMLError(error) || (error.code !== 'BACKEND_UNAVAILABLE' && error.code !== 'OUT_OF_MEMORY')) throw error
      isGraphLost ||= error.code === 'BACKEND_UNAVAILABLE'
      void kernel.run(inputs, rowCount, outputs)
    } finally {
      spare = columns
    }
  }

  return {
    mode: graph.mode,
    takes: 'rows',
    ...(graph.hostWaitMs !== undefined && { hostWaitMs: graph.hostWaitMs }),
    run(...batch) {
      const [inputs, rowCount, outputs] = batch
      return rowCount <= kernelMaxRows || isGraphLost ? kernel.run(inputs, rowCount, outputs) : runGraph(...batch)
    },
    dispose() {
      kernel.dispose()
      graph.dispose()
    },
  }
}

function markInfinite(columns: readonly Slab[], rowCount: number, outputs: readonly Slab[]): void {
  for (let row = 0; row < rowCount; row++) {
    const isFinite = columns.every(({ width, values }) =>
      values.subarray(row * width, (row + 1) * width).every(Number.isFinite),
    )
    if (isFinite) continue
    for (const { width, values } of outputs) values.fill(NaN, row * width, (row + 1) * width)
  }
}
