// A kernel and a graph of one model in; one model that gives each batch to the faster of them out.

import { isMLError, type MLError } from '../../errors.ts'
import type { BackendModel } from '../port.ts'

/** One of the two; both take rows. */
export type Side = 'kernel' | 'graph'

export type TunedModelOptions = {
  readonly kernel: BackendModel
  readonly graph: BackendModel
  /** Larger batches are the graph's. */
  readonly kernelMaxRows: number
  /** Told once, where one of them has given out for good and the other takes all batches from there on. */
  readonly onLost: (side: Side, cause: MLError) => void
}

type Batch = Parameters<BackendModel['run']>

/** A batch for which one has no room, and all batches of one that is gone for good, are the other's. */
export function createTunedModel({ kernel, graph, kernelMaxRows, onLost }: TunedModelOptions): BackendModel {
  const models = { kernel, graph } as const
  let lost: Side | undefined
  const waits = [kernel, graph].flatMap(({ hostWaitMs }) => (hostWaitMs === undefined ? [] : [hostWaitMs]))

  function insteadOf(side: Side, cause: unknown, batch: Batch): void | Promise<void> {
    if (!isMLError(cause) || (cause.code !== 'BACKEND_UNAVAILABLE' && cause.code !== 'OUT_OF_MEMORY')) throw cause
    const other = otherOf(side)
    if (lost === other) throw cause
    if (cause.code === 'BACKEND_UNAVAILABLE' && lost === undefined) {
      lost = side
      onLost(side, cause)
    }
    return models[other].run(...batch)
  }

  return {
    mode: kernel.mode === 'sync' && graph.mode === 'sync' ? 'sync' : 'async',
    takes: 'rows',
    ...(waits.length > 0 && { hostWaitMs: Math.max(...waits) }),
    run(...batch) {
      const wanted = batch[1] <= kernelMaxRows ? 'kernel' : 'graph'
      const side = wanted === lost ? otherOf(wanted) : wanted
      let pending: void | Promise<void>
      try {
        pending = models[side].run(...batch)
      } catch (error) {
        return insteadOf(side, error, batch)
      }
      return pending?.catch((error: unknown) => insteadOf(side, error, batch))
    },
    dispose() {
      kernel.dispose()
      graph.dispose()
    },
  }
}

function otherOf(side: Side): Side {
  return side === 'kernel' ? 'graph' : 'kernel'
}
