// The portable graph on a GPU through WebGPU: TensorFlow.js' backend on Dawn, in this process.

import type { Artifact } from '../../artifact/artifact.ts'
import type { WebgpuOptions } from '../backend-options.ts'
import type { Backend, BackendModel } from '../port.ts'
import { createTfjsBackend } from './tfjs-backend.ts'
import { createWebgpuEngine, webgpuDescription, type WebgpuEngine } from './webgpu-engine.ts'

/** How long a failed run waits to hear that its device is gone: the news may come after the failure. */
const lossGraceMs = 100

/** One device, from its opening to its end. */
type Session = {
  readonly engine: WebgpuEngine
  readonly backend: Backend
  readonly models: Set<BackendModel>
  /** Openings and loads that have begun: `close` lets them end first. */
  readonly begun: Set<Promise<unknown>>
}

/**
 * A backend on one device. `onLost` is called once where the device goes by itself: runs in flight and all later calls
 * reject with BACKEND_UNAVAILABLE then, until `close` and a new `open`. One process has one at a time.
 */
export function createWebgpuBackend(options: WebgpuOptions | undefined, onLost: (reason: string) => void): Backend {
  let current: Session | undefined
  const session = (): Session => {
    if (current !== undefined) return current
    const engine = createWebgpuEngine(options, onLost)
    current = { engine, backend: createTfjsBackend(engine), models: new Set(), begun: new Set() }
    return current
  }
  return {
    name: 'webgpu',
    description: webgpuDescription,
    health: () => ({ restartCount: 0 }),
    open: () => begin(session(), ({ backend }) => backend.open()),
    load: (artifact) => begin(session(), (opened) => loadModel(opened, artifact)),
    tensorCount: () => begin(session(), ({ backend }) => backend.tensorCount()),
    async close() {
      const closing = current
      current = undefined
      if (closing === undefined) return
      await Promise.allSettled(closing.begun)
      for (const model of closing.models) model.dispose()
      closing.engine.close()
    },
  }
}

function begin<Result>(session: Session, start: (session: Session) => Promise<Result>): Promise<Result> {
  const work = orLoss(session.engine, start(session)).finally(() => session.begun.delete(work))
  session.begun.add(work)
  return work
}

async function loadModel({ engine, backend, models }: Session, artifact: Artifact): Promise<BackendModel> {
  const model = await backend.load(artifact)
  models.add(model)
  return {
    mode: model.mode,
    run(inputs, rowCount, outputs) {
      const running = model.run(inputs, rowCount, outputs)
      return running && orLoss(engine, running)
    },
    dispose() {
      models.delete(model)
      model.dispose()
    },
  }
}

/** What fails while the device goes says so, whatever it failed with first. */
async function orLoss<Result>({ lost }: WebgpuEngine, work: Promise<Result>): Promise<Result> {
  try {
    return await work
  } catch (error) {
    throw (await Promise.race([lost(), afterMs(lossGraceMs)])) ?? error
  }
}

function afterMs(delayMs: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, delayMs, undefined))
}
