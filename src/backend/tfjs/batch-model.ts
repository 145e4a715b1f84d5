// A way to run batches on TensorFlow.js or under it in, the model of the backend port out: slabs checked, batches cut into slices.

import { createError } from '../../errors.ts'
import { type GraphPlan, outputName } from '../graph/graph-plan.ts'
import type { BackendModel } from '../port.ts'
import { slabOf } from '../slab-check.ts'

export type Slice = { readonly from: number; readonly rowCount: number; readonly rows: Float32Array }

export type Batch = {
  readonly rows: Float32Array
  readonly rowCount: number
  readonly into: Float32Array
  readonly assertAlive: () => void
}

/** Rows of one slice in, the values of the output out; they are there until the next call. */
export type ComputeSlice = (slice: Slice) => ArrayLike<number>

export type BatchModelParts = {
  readonly plan: GraphPlan
  readonly mode: 'sync' | 'async'
  /** Names model and backend. */
  readonly title: string
  /** How it computes, where there are several ways. */
  readonly form?: string | undefined
  readonly run: (batch: Batch) => void | Promise<void>
  /** Called once: weights go. */
  readonly free: () => void
}

export function createBatchModel({ plan, mode, title, form, run, free }: BatchModelParts): BackendModel {
  const { input, outputWidth } = plan
  let isDisposed = false
  const assertAlive = (): void => {
    if (isDisposed) throw createError('CLOSED', `${title} was disposed`)
  }
  return {
    mode,
    ...(form !== undefined && { form }),
    run(inputs, rowCount, outputs) {
      assertAlive()
      const slab = slabOf(inputs, input, rowCount)
      const target = slabOf(outputs, { name: outputName, width: outputWidth }, rowCount)
      if (rowCount === 0) return
      return run({ rows: slab.values, rowCount, into: target.values, assertAlive })
    },
    dispose() {
      if (isDisposed) return
      isDisposed = true
      free()
    },
  }
}

/** One synchronous step for the whole batch: nothing that it allocates is there when it returns. */
export function runAtOnce(
  compute: ComputeSlice,
  plan: GraphPlan,
  failed: (rowCount: number, cause: unknown) => Error,
): BatchModelParts['run'] {
  return (batch) => {
    try {
      for (const slice of slicesOf(batch, plan)) writeSlice(batch, plan, slice, compute(slice))
    } catch (cause) {
      throw failed(batch.rowCount, cause)
    }
  }
}

export function* slicesOf(
  { rows, rowCount }: Batch,
  { input, rowsPerRun }: Pick<GraphPlan, 'input' | 'rowsPerRun'>,
): Generator<Slice> {
  for (let from = 0; from < rowCount; from += rowsPerRun) {
    const count = Math.min(rowsPerRun, rowCount - from)
    yield { from, rowCount: count, rows: rows.subarray(from * input.width, (from + count) * input.width) }
  }
}

export function writeSlice({ into }: Batch, { outputWidth }: GraphPlan, slice: Slice, values: ArrayLike<number>): void {
  if (values.length !== slice.rowCount * outputWidth)
    throw new RangeError(
      `${slice.rowCount} rows must give ${slice.rowCount * outputWidth} numbers, got ${values.length}`,
    )
  into.set(values, slice.from * outputWidth)
}
