// The description of a TensorFlow.js backend in, a backend of ours out that runs portable graphs on it.

import { createError, isMLError } from '../../errors.ts'
import { planGraph } from '../graph/graph-plan.ts'
import type { Backend } from '../port.ts'
import { createBatchModel, runAtOnce } from './batch-model.ts'
import { compileGraph, freezeGraph } from './compile-graph.ts'
import { executionFailed, loadFailed } from './graph-failure.ts'
import { computeAtOnce, prepareGraph, runInTurns } from './run-graph.ts'
import type { TfjsEngine } from './tfjs-engine.ts'
import { openTfjs, type TfjsLibrary } from './tfjs-library.ts'

/** The library is imported at the first `open` or `load`; models share one budget of memory. */
export function createTfjsBackend(engine: TfjsEngine): Backend {
  const { name, description, reading } = engine
  let library: Promise<TfjsLibrary> | undefined
  let reservedBytes = 0

  async function openLibrary(): Promise<TfjsLibrary> {
    library ??= openTfjs(engine)
    try {
      return await library
    } catch (error) {
      library = undefined
      throw error
    }
  }

  function reserve(byteLength: number, budgetBytes: number): void {
    if (reservedBytes + byteLength > budgetBytes)
      throw createError(
        'OUT_OF_MEMORY',
        `backend ${name} has ${budgetBytes} bytes for all models, ${reservedBytes} are taken and this one needs ${byteLength}; unload a model or use a smaller one`,
        { details: { backend: name, byteLength, reservedBytes, budgetBytes } },
      )
    reservedBytes += byteLength
  }

  return {
    name,
    description,
    open: async () => (await openLibrary()).started.facts,
    async tensorCount() {
      const { tf, started } = await openLibrary()
      return started.tensorCount?.() ?? tf.memory().numTensors
    },
    health: () => ({ restartCount: 0 }),
    close: () => Promise.resolve(),
    async load(artifact) {
      const opened = await openLibrary()
      const plan = planGraph(artifact, opened.started)
      reserve(plan.byteLength, opened.started.memoryBudgetBytes)
      const release = (): void => void (reservedBytes -= plan.byteLength)
      try {
        const frozen = await freezeGraph(opened, plan)
        const graph = compileGraph(opened, frozen)
        const parts = { library: opened, graph, plan }
        await prepareGraph(parts).catch((error: unknown) => {
          graph.dispose()
          throw error
        })
        const failed = (rowCount: number, cause: unknown): Error => {
          opened.started.onFailure?.(cause)
          return executionFailed(name, artifact, { rowCount, cause })
        }
        const compute = computeAtOnce(parts)
        const found = await opened.started.findForm?.({ frozen, compute })
        if (found?.session !== undefined) graph.dispose()
        return createBatchModel({
          plan,
          mode: reading,
          title: `model ${artifact.metadata.name} on backend ${name}`,
          form: found?.text,
          run:
            reading === 'sync'
              ? runAtOnce(found?.session?.compute ?? compute, plan, failed)
              : runInTurns(parts, failed),
          free() {
            if (found?.session === undefined) graph.dispose()
            else found.session.dispose()
            release()
          },
        })
      } catch (error) {
        release()
        if (isMLError(error)) throw error
        opened.started.onFailure?.(error)
        throw loadFailed(name, artifact, error)
      }
    },
  }
}
