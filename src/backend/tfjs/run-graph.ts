// A compiled graph in, the model of the backend port out: batches of slabs, in slices, each computed and read back once.

import type { Tensor } from '@tensorflow/tfjs-core'
import { createError } from '../../errors.ts'
import { type GraphPlan, outputName } from '../graph/graph-plan.ts'
import type { BackendModel } from '../port.ts'
import { slabOf } from '../slab-check.ts'
import type { CompiledGraph } from './compile-graph.ts'
import { readTensors } from './read-tensors.ts'
import type { TfjsLibrary } from './tfjs-library.ts'

export type GraphRun = {
  readonly library: TfjsLibrary
  readonly graph: CompiledGraph
  readonly plan: GraphPlan
  readonly reading: 'sync' | 'async'
  /** Names model and backend. */
  readonly title: string
  /** What a caller is told of an error of the library. */
  readonly failed: (rowCount: number, cause: unknown) => Error
  /** Called once, when the weights are gone. */
  readonly release: () => void
}

/** Compiles ahead what runs will need, where the device wants that. */
export async function prepareGraph({
  library,
  graph,
  plan,
}: Pick<GraphRun, 'library' | 'graph' | 'plan'>): Promise<void> {
  const { tf, started } = library
  const sizes = started.runSizes?.(plan.rowsPerRun) ?? []
  if (started.prepare === undefined || sizes.length === 0) return
  const zeros = (rowCount: number) => new Float32Array(rowCount * plan.input.width)
  const execution = (rowCount: number): void => {
    try {
      tf.tidy(() => void execute(library, { graph, plan }, { from: 0, rowCount, rows: zeros(rowCount) }))
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

export function createGraphModel(parts: GraphRun): BackendModel {
  const { graph, plan, reading, title, failed, release } = parts
  const { input, outputWidth } = plan
  const runSlices = reading === 'sync' ? runAtOnce : runInTurns
  let isDisposed = false
  const assertAlive = (): void => {
    if (isDisposed) throw createError('CLOSED', `${title} was disposed`)
  }
  return {
    mode: reading,
    run(inputs, rowCount, outputs) {
      assertAlive()
      const slab = slabOf(inputs, input, rowCount)
      const target = slabOf(outputs, { name: outputName, width: outputWidth }, rowCount)
      if (rowCount === 0) return
      return runSlices(parts, { rows: slab.values, rowCount, into: target.values, assertAlive }, failed)
    },
    dispose() {
      if (isDisposed) return
      isDisposed = true
      graph.dispose()
      release()
    },
  }
}

type Batch = {
  readonly rows: Float32Array
  readonly rowCount: number
  readonly into: Float32Array
  readonly assertAlive: () => void
}

/** One synchronous step for the whole batch: nothing that it allocates is there when it returns. */
function runAtOnce({ library, graph, plan }: GraphRun, batch: Batch, failed: GraphRun['failed']): void {
  const { tf, within } = library
  try {
    within(() => {
      for (const slice of slicesOf(batch, plan))
        tf.tidy(() => write(batch, plan, slice, execute(library, { graph, plan }, slice).dataSync<'float32'>()))
    })
  } catch (cause) {
    throw failed(batch.rowCount, cause)
  }
}

/** Slice by slice, each awaited before the next, so that memory is that of one. */
async function runInTurns({ library, graph, plan }: GraphRun, batch: Batch, failed: GraphRun['failed']): Promise<void> {
  const { tf } = library
  // The caller may use its slab again as soon as it has the promise, and the device reads some inputs late.
  const own = { ...batch, rows: batch.rows.slice(0, batch.rowCount * plan.input.width) }
  const sizes = library.started.runSizes?.(plan.rowsPerRun)
  for (const slice of slicesOf(own, { ...plan, rowsPerRun: sizes?.at(-1) ?? plan.rowsPerRun })) {
    batch.assertAlive()
    const filled = sizes === undefined ? slice : filledUp(slice, plan, sizes)
    try {
      await readTensors(
        library,
        () => [tf.tidy(() => execute(library, { graph, plan }, filled))],
        (_, values) => write(batch, plan, slice, values.subarray(0, slice.rowCount * plan.outputWidth)),
      )
    } catch (cause) {
      throw failed(batch.rowCount, cause)
    }
  }
}

type Slice = { readonly from: number; readonly rowCount: number; readonly rows: Float32Array }

function* slicesOf({ rows, rowCount }: Batch, { input, rowsPerRun }: GraphPlan): Generator<Slice> {
  for (let from = 0; from < rowCount; from += rowsPerRun) {
    const count = Math.min(rowsPerRun, rowCount - from)
    yield { from, rowCount: count, rows: rows.subarray(from * input.width, (from + count) * input.width) }
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
function execute(
  { tf }: TfjsLibrary,
  { graph, plan: { input } }: Pick<GraphRun, 'graph' | 'plan'>,
  { rows, rowCount }: Slice,
): Tensor {
  const tensor = tf.tensor2d(rows, [rowCount, input.width], 'float32')
  return graph.execute({ [input.name]: tensor }, outputName) as Tensor
}

function write({ into }: Batch, { outputWidth }: GraphPlan, slice: Slice, values: ArrayLike<number>): void {
  if (values.length !== slice.rowCount * outputWidth)
    throw new RangeError(
      `${slice.rowCount} rows must give ${slice.rowCount * outputWidth} numbers, got ${values.length}`,
    )
  into.set(values, slice.from * outputWidth)
}
