// The portable graph on a GPU through WebGPU: TensorFlow.js' backend on Dawn, in this process.

import type { WebgpuOptions } from '../backend-options.ts'
import type { Backend, BackendModel } from '../port.ts'
import { createTfjsBackend } from './tfjs-backend.ts'
import { exportsOf } from './tfjs-library.ts'
import { createWebgpuEngine, webgpuDescription, type WebgpuEngine } from './webgpu-engine.ts'

/** How long a failed run waits to hear that its device is gone: the news may come after the failure. */
const lossGraceMs = 100

type Session = { readonly engine: WebgpuEngine; readonly backend: Backend; readonly models: Set<BackendModel> }

/**
 * A backend on one device. `onLost` is called once where the device goes by itself: runs in flight and all later calls
 * reject with BACKEND_UNAVAILABLE then, until `close` and a new `open`. One process has one at a time.
 */
export function createWebgpuBackend(options: WebgpuOptions | undefined, onLost: (reason: string) => void): Backend {
  let current: Session | undefined
  const session = (): Session => {
    if (current === undefined) {
      const engine = createWebgpuEngine(options, onLost)
      current = { engine, backend: createTfjsBackend(engine), models: new Set() }
    }
    return current
  }
  return {
    name: 'webgpu',
    description: webgpuDescription,
    open: () => session().backend.open(),
    health: () => ({ restartCount: 0 }),
    tensorCount: () => session().backend.tensorCount(),
    async load(artifact) {
      const { engine, backend, models } = session()
      const model = await orLoss(engine, backend.load(artifact))
      models.add(model)
      return {
        mode: 'async',
        run(inputs, rowCount, outputs) {
          const running = model.run(inputs, rowCount, outputs)
          return running && orLoss(engine, running)
        },
        dispose() {
          models.delete(model)
          model.dispose()
        },
      }
    },
    async close() {
      const closing = current
      current = undefined
      if (closing === undefined) return
      for (const model of closing.models) model.dispose()
      closing.engine.close(exportsOf(await import('@tensorflow/tfjs-core')))
    },
  }
}

/** What failed since the device went says so, whatever it failed with first. */
async function orLoss<Result>({ lost }: WebgpuEngine, work: Promise<Result>): Promise<Result> {
  try {
    return await work
  } catch (error) {
    const loss = await Promise.race([lost(), afterMs(lossGraceMs)])
    throw loss ?? error
  }
}

function afterMs(delayMs: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, delayMs, undefined))
}
