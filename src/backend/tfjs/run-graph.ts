// A compiled graph in; ways to run batches on it, at once or in turns, each slice computed and read back once, out.

import type { Tensor } from '@tensorflow/tfjs-core'
import { type GraphPlan, outputName } from '../graph/graph-plan.ts'
import { type BatchModelParts, type ComputeSlice, type Slice, slicesOf, writeSlice } from './batch-model.ts'
import type { CompiledGraph } from './compile-graph.ts'
import { readTensors } from './read-tensors.ts'
import type { TfjsLibrary } from './tfjs-library.ts'

export type GraphRun = {
  readonly library: TfjsLibrary
  readonly graph: CompiledGraph
  readonly plan: GraphPlan
}

/** Compiles ahead what runs will need, where the device wants that. */
export async function prepareGraph({ library, graph, plan }: GraphRun): Promise<void> {
  const { tf, started } = library
  const sizes = started.runSizes?.(plan.rowsPerRun) ?? []
  if (started.prepare === undefined || sizes.length === 0) return
  const zeros = (rowCount: number) => new Float32Array(rowCount * plan.input.width)
  const execution = (rowCount: number): void => {
    try {
      tf.tidy(() => void execute({ library, graph, plan }, { from: 0, rowCount, rows: zeros(rowCount) }))
    } catch {
      // an operation that throws here throws at each run, which says so as on every backend
    }
  }
  let prepared: Promise<void> | undefined
  const begin = (): Tensor[] => {
    prepared = started.prepare?.(execution, sizes)
    // awaited below, and heard here too: an error of the device comes first
    prepared?.catch(() => undefined)
    return []
  }
  await readTensors(library, begin, () => undefined)
  await prepared
}

/** In one synchronous step, of which nothing is left. */
export function computeAtOnce(parts: GraphRun): ComputeSlice {
  const { tf, within } = parts.library
  return (slice) => {
    let values: ArrayLike<number> = []
    within(() => tf.tidy(() => void (values = execute(parts, slice).dataSync<'float32'>())))
    return values
  }
}

/** Slice by slice, each awaited before the next, so that memory is that of one. */
export function runInTurns(
  parts: GraphRun,
  failed: (rowCount: number, cause: unknown) => Error,
): BatchModelParts['run'] {
  const { library, plan } = parts
  const sizes = library.started.runSizes?.(plan.rowsPerRun)
  return async (batch) => {
    // The caller may use its slab again as soon as it has the promise, and the device reads some inputs late.
    const own = { ...batch, rows: batch.rows.slice(0, batch.rowCount * plan.input.width) }
    for (const slice of slicesOf(own, { ...plan, rowsPerRun: sizes?.at(-1) ?? plan.rowsPerRun })) {
      batch.assertAlive()
      const filled = sizes === undefined ? slice : filledUp(slice, plan, sizes)
      try {
        await readTensors(
          library,
          () => [library.tf.tidy(() => execute(parts, filled))],
          (_, values) => writeSlice(batch, plan, slice, values.subarray(0, slice.rowCount * plan.outputWidth)),
        )
      } catch (cause) {
        throw failed(batch.rowCount, cause)
      }
    }
  }
}

/** With rows of zeros behind its own, up to the next size that is run. */
function filledUp(slice: Slice, { input }: GraphPlan, sizes: readonly number[]): Slice {
  const rowCount = sizes.find((size) => size >= slice.rowCount) ?? slice.rowCount
  if (rowCount === slice.rowCount) return slice
  const rows = new Float32Array(rowCount * input.width)
  rows.set(slice.rows)
  return { ...slice, rowCount, rows }
}

/** One tensor in, one execution. */
function execute({ library, graph, plan: { input } }: GraphRun, { rows, rowCount }: Slice): Tensor {
  const tensor = library.tf.tensor2d(rows, [rowCount, input.width], 'float32')
  return graph.execute({ [input.name]: tensor }, outputName) as Tensor
}
