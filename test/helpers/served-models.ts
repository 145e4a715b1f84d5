// Versions of a tiny model in memory in, that model served by a backend that a test holds in its hands out.

import { onTestFinished } from 'vitest'
import type { Artifact } from '../../src/artifact/artifact.ts'
import { sha256Hex } from '../../src/artifact/sha256.ts'
import type { Backend, BackendModel } from '../../src/backend/port.ts'
import { silentPublish } from '../../src/observe/channels.ts'
import type { MemoryBudget } from '../../src/runtime/memory-budget.ts'
import { MemoryBudget as Budget } from '../../src/runtime/memory-budget.ts'
import { resolveServingOptions, type ServingOptions } from '../../src/runtime/options.ts'
import { ServedModel } from '../../src/runtime/served-model.ts'
import { readServiceEntry } from '../../src/runtime/read-service-entry.ts'
import { openSharedCache } from '../../src/runtime/shared-cache.ts'
import { createFakeClock } from './fake-clock.ts'

export type TinyRun = { readonly version: string; readonly rowCount: number }

/** A backend that computes what `tinyFiles` says, by the offset of each version, and keeps book. */
export type TinyBackend = {
  readonly backend: Backend
  /** Every run since it began, of checks and warming too. */
  readonly runs: TinyRun[]
  /** Loads by version, failed ones included. */
  readonly loads: string[]
  /** Versions that are loaded and not disposed. */
  readonly alive: string[]
  /** Runs that wait to be released, oldest first. */
  readonly held: (() => void)[]
  /** Of an asynchronous backend: runs wait until they are released. */
  isHolding: boolean
  /** Called before each run and each load; a throw is the backend's. */
  onRun: (run: TinyRun) => void
  onLoad: (version: string) => void
  /** Added to all answers of these versions: wrong ones. */
  readonly wrongBy: Map<string, number>
}

export function createTinyBackend(mode: BackendModel['mode'], offsets: Readonly<Record<string, number>>): TinyBackend {
  const tiny: TinyBackend = {
    runs: [],
    loads: [],
    alive: [],
    held: [],
    isHolding: false,
    onRun: () => undefined,
    onLoad: () => undefined,
    wrongBy: new Map(),
    backend: {
      name: 'wasm',
      description: 'a test',
      open: () => Promise.resolve({ library: 'a test', device: { kind: 'cpu', name: 'a test' } }),
      load: ({ metadata: { version } }: Artifact) => {
        tiny.loads.push(version)
        tiny.onLoad(version)
        tiny.alive.push(version)
        return Promise.resolve(createModel(version))
      },
      tensorCount: () => Promise.resolve(tiny.alive.length),
      health: () => ({ restartCount: 0 }),
      close: () => Promise.resolve(),
    },
  }

  function createModel(version: string): BackendModel {
    let isDisposed = false
    return {
      mode,
      run([input], rowCount, [output]) {
        if (isDisposed) throw new Error(`${version} was disposed`)
        const run = { version, rowCount }
        tiny.onRun(run)
        tiny.runs.push(run)
        const offset = offsets[version] + (tiny.wrongBy.get(version) ?? 0)
        for (let i = 0; i < rowCount; i++) output.values[i] = input.values[i * input.width] + offset
        if (mode === 'sync') return
        if (!tiny.isHolding) return Promise.resolve()
        return new Promise<void>((resolve) => tiny.held.push(resolve))
      },
      dispose() {
        if (isDisposed) return
        isDisposed = true
        tiny.alive.splice(tiny.alive.indexOf(version), 1)
      },
    }
  }

  return tiny
}

export type TinyServedOptions = ServingOptions & {
  readonly files: Readonly<Record<string, Record<string, Uint8Array>>>
  readonly service?: Record<string, unknown>
  readonly tiny: TinyBackend
  readonly budget?: MemoryBudget
}

/** `clock` stands still; turns of the event loop are real. */
export async function createTinyServed({ files, service = {}, tiny, budget, ...options }: TinyServedOptions) {
  const clock = createFakeClock()
  let held = (): Promise<void> => Promise.resolve()
  const folder = {
    name: 'tiny',
    path: 'tiny',
    versions: Object.keys(files),
    serviceConfig: JSON.stringify(service) as string | undefined,
    rule: undefined,
  }
  const serving = resolveServingOptions({ caching: false, ...options })
  const model = new ServedModel(readServiceEntry(folder), {
    serving,
    platform: { clock, defer: (callback) => void setImmediate(callback), hash: sha256Hex },
    publish: silentPublish,
    cache: await openSharedCache(serving.caching, clock, silentPublish),
    budget: budget ?? new Budget(),
    allowBelowFloor: false,
    retryAfterMs: 1_000,
    readEntry: () => Promise.resolve(readServiceEntry({ ...folder })),
    readArtifact: async (path) => {
      await held()
      const found = files[path.slice(path.lastIndexOf('/') + 1)]
      if (found === undefined) throw new Error(`${path} is gone`)
      return found
    },
    candidates: [{ name: 'wasm', backend: tiny.backend }],
  })
  onTestFinished(() => model.close())
  await model.load()
  /** From now on reading an artifact waits for what this gives. */
  const hold = (wait: () => Promise<void>): void => void (held = wait)
  return { model, clock, folder, hold }
}
