// Models whose answer is the row's own number and the version's, and whose runs end when a test says so.

import { readArtifact } from '../../src/artifact/read-artifact.ts'
import { sha256Hex } from '../../src/artifact/sha256.ts'
import type { Artifact } from '../../src/artifact/artifact.ts'
import type { BackendModel } from '../../src/backend/port.ts'
import { createError } from '../../src/errors.ts'
import type { RegionGraph } from '../../src/regions/region.ts'
import type { Clock } from '../../src/observe/clock.ts'
import { artifactFiles } from '../helpers/random-regions.ts'

/** Distance of the answers of two versions; numbers of rows are smaller, and float32 holds the sums of all. */
export const versionStep = 100_000

/** Rows below are the check rows of a load, which are always answered at once. */
export const firstRow = 10

export const answerTo = (id: number, version: string): number => id + versionStep * majorOf(version)

export function majorOf(version: string): number {
  return Number(version.slice(0, version.indexOf('.')))
}

/** Files of the model `counter`: one feature `id`, whose value is the answer, plus 100,000 times the major version. */
export function counterFiles(version: string): Record<string, Uint8Array> {
  const graph: RegionGraph = {
    regions: [
      { kind: 'input', width: 1 },
      {
        kind: 'dense-chain',
        inputs: [{ region: 0, column: 0 }],
        layers: [
          {
            inputWidth: 1,
            outputWidth: 1,
            weights: Float64Array.of(1),
            bias: Float64Array.of(versionStep * majorOf(version)),
            activation: 'identity',
          },
        ],
      },
    ],
    output: [{ region: 1, column: 0 }],
  }
  const checkRows = Array.from({ length: 4 }, (_, row) => Float64Array.of(row))
  const files = artifactFiles(graph, { choose: () => ({ encoding: 'float32' }), checkRows })
  const text = new TextDecoder()
    .decode(files['model.json'])
    .replaceAll('"name":"synthetic","version":"1.0.0"', `"name":"counter","version":"${version}"`)
    .replaceAll(
      '"name":"f0","dtype":"number","used":true,"missing":"handled"',
      '"name":"id","dtype":"number","used":true,"missing":"error"',
    )
  return { ...files, 'model.json': new TextEncoder().encode(text) }
}

export function counterArtifact(version: string): Artifact {
  return readArtifact(counterFiles(version), { hash: sha256Hex })
}

/** One call of a backend's `run`. */
export type HeldRun = {
  readonly model: HeldModel
  readonly ids: readonly number[]
  readonly startedAtMs: number
  state: 'pending' | 'answered' | 'failed'
  /** True where it failed for no row of it. */
  isScripted: boolean
  /** Ends an asynchronous run: with `failure`, or as its rows say. */
  end(failure?: unknown): void
}

/** What a world says to a run of rows that callers sent. */
export type RunScript = {
  readonly clock: Clock
  /** Hears of the run before it begins. */
  onRun(run: HeldRun): void
  /** Why a run of these rows fails, whenever it ends. */
  faultOf(ids: readonly number[]): unknown
  /** Rows whose answer is no number. */
  isNaN(id: number): boolean
  onEnd(run: HeldRun): void
  /** A synchronous run is about to compute: time may pass, and an error may be what it throws. */
  onCompute(run: HeldRun): unknown
}

export type HeldModel = BackendModel & {
  readonly version: string
  readonly disposeCount: number
  readonly runCount: number
}

export function createHeldModel(version: string, mode: BackendModel['mode'], script: RunScript): HeldModel {
  let disposeCount = 0
  let runCount = 0

  function write(ids: readonly number[], values: Float32Array): void {
    for (let i = 0; i < ids.length; i++) values[i] = script.isNaN(ids[i]) ? NaN : answerTo(ids[i], version)
  }

  function errorOf(run: HeldRun, failure: unknown): unknown {
    const error = failure ?? script.faultOf(run.ids)
    run.isScripted = failure !== undefined
    run.state = error === undefined ? 'answered' : 'failed'
    script.onEnd(run)
    return error
  }

  const model: HeldModel = {
    version,
    mode,
    run([input], rowCount, [output]) {
      if (disposeCount > 0) throw createError('CLOSED', `${version} ran after it was disposed`)
      const ids = Array.from(input.values.subarray(0, rowCount))
      if (ids.every((id) => id < firstRow)) {
        write(ids, output.values)
        return mode === 'sync' ? undefined : Promise.resolve()
      }
      runCount++
      const { promise, resolve, reject } = withResolvers()
      const run: HeldRun = {
        model,
        ids,
        startedAtMs: script.clock.now(),
        state: 'pending',
        isScripted: false,
        end(failure) {
          if (run.state !== 'pending') return
          const error = errorOf(run, failure)
          if (error !== undefined) return reject(error as Error)
          write(ids, output.values)
          resolve()
        },
      }
      script.onRun(run)
      if (mode === 'async') return promise
      const error = errorOf(run, script.onCompute(run))
      if (error !== undefined) throw error as Error
      write(ids, output.values)
    },
    dispose: () => void disposeCount++,
    get disposeCount() {
      return disposeCount
    },
    get runCount() {
      return runCount
    },
  }
  return model
}

function withResolvers(): { promise: Promise<void>; resolve: () => void; reject: (error: Error) => void } {
  let resolve!: () => void
  let reject!: (error: Error) => void
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  return { promise, resolve, reject }
}
