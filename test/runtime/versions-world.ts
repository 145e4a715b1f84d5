// One model of a registry with three versions and a broken one, whose reads and runs end when a test says so, and what must hold of it.

import { getEventListeners } from 'node:events'
import { sha256Hex } from '../../src/artifact/sha256.ts'
import type { Artifact } from '../../src/artifact/artifact.ts'
import type { Backend } from '../../src/backend/port.ts'
import { isMLError } from '../../src/errors.ts'
import { silentPublish } from '../../src/observe/channels.ts'
import type { Prediction } from '../../src/rows/prediction.ts'
import { MemoryBudget } from '../../src/runtime/memory-budget.ts'
import { resolveServingOptions } from '../../src/runtime/options.ts'
import type { ModelPredictor } from '../../src/runtime/predictor.ts'
import type { RoutingOptions } from '../../src/runtime/routing.ts'
import { ServedModel } from '../../src/runtime/served-model.ts'
import { readServiceEntry } from '../../src/runtime/read-service-entry.ts'
import { openSharedCache, type SharedCache } from '../../src/runtime/shared-cache.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'
import { settleMicrotasks } from '../helpers/hand-driven-model.ts'
import { answerTo, counterFiles, createHeldModel, firstRow, type HeldModel, type HeldRun } from './held-backend.ts'

export const goodVersions = ['1.0.0', '2.0.0', '3.0.0'] as const
export const brokenVersion = '9.0.0'

export type VersionsStep =
  | { readonly kind: 'predict'; readonly by: 'name' | 'alias'; readonly rowCount: number; readonly isAborted: boolean }
  | { readonly kind: 'activate'; readonly version: string }
  | { readonly kind: 'route'; readonly options: RoutingOptions }
  | { readonly kind: 'read' | 'finish' | 'endTurn' | 'abort' }

export type VersionsSetup = {
  readonly mode: 'sync' | 'async'
  readonly isCached: boolean
  /** Room for one version only. */
  readonly isCramped: boolean
}

type Asked = {
  readonly what: string
  readonly ids: readonly number[]
  readonly by: 'name' | 'alias' | undefined
  readonly signal: AbortSignal | undefined
  readonly settled: { readonly outcome: unknown; readonly isError: boolean; readonly isClosed: boolean }[]
}

const files = new Map([...goodVersions, brokenVersion].map((version) => [version, counterFiles(version)]))
for (const [name, bytes] of Object.entries(files.get(brokenVersion) ?? {})) if (name.endsWith('.bin')) bytes[0] ^= 0xff

export class VersionsWorld {
  readonly clock = createFakeClock()
  readonly faults: string[] = []
  readonly #setup: VersionsSetup
  readonly #turns: (() => void)[] = []
  readonly #reads: (() => void)[] = []
  readonly #runs: HeldRun[] = []
  readonly #models: HeldModel[] = []
  readonly #asked: Asked[] = []
  #leaver = new AbortController()
  #model!: ServedModel
  #cache: SharedCache | undefined
  #byName!: ModelPredictor
  #byAlias!: ModelPredictor
  #nextId = firstRow
  #lastActive: string = goodVersions[0]
  #isClosed = false

  private constructor(setup: VersionsSetup) {
    this.#setup = setup
  }

  /** `name` follows the active version, `alias` always names 2.0.0. */
  static async open(setup: VersionsSetup): Promise<VersionsWorld> {
    const world = new VersionsWorld(setup)
    await world.#open()
    return world
  }

  async act(step: VersionsStep): Promise<void> {
    if (step.kind === 'predict') this.#predict(step)
    else if (step.kind === 'activate') this.#activate(step.version)
    else if (step.kind === 'route') this.#ask(`route ${JSON.stringify(step.options)}`, this.#model.route(step.options))
    else if (step.kind === 'read') this.#reads.shift()?.()
    else if (step.kind === 'finish') this.#runs.find(({ state }) => state === 'pending')?.end()
    else if (step.kind === 'endTurn') for (const turn of this.#turns.splice(0)) turn()
    else this.#abort()
    await settleMicrotasks()
    for (const { what, signal, settled } of this.#asked)
      this.#check(settled.length > 0 || signal?.aborted !== true, `${what} was aborted and still waits`)
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    const closing = this.#model.close()
    await settleMicrotasks()
    const checkSettled = (asked: readonly Asked[]): void => {
      for (const { what, settled } of asked) this.#check(settled.length === 1, `close left ${what} unsettled`)
    }
    checkSettled(this.#asked.filter(({ by }) => by !== undefined))
    let hasClosed = false
    void closing.then(() => (hasClosed = true))
    for (let turn = 0; turn < 20; turn++) {
      for (const read of this.#reads.splice(0)) read()
      for (const run of this.#runs) run.end()
      for (const end of this.#turns.splice(0)) end()
      await settleMicrotasks()
    }
    this.#check(hasClosed, 'it never closed')
    // a route gives back what it has loaded
    checkSettled(this.#asked)
    await this.#cache?.close()
    for (const { version, disposeCount } of this.#models) this.#check(disposeCount > 0, `${version} was never disposed`)
  }

  async finish(): Promise<void> {
    await this.#runDry()
    if (!this.#isClosed) {
      await this.act({ kind: 'route', options: {} })
      await this.#runDry()
      await this.#checkWhoIsLeft()
    }
    await this.close()
    for (const asked of this.#asked) this.#checkAsked(asked)
    this.#check(this.clock.pendingTimers === 0, `${this.clock.pendingTimers} timers are left`)
    this.#check(getEventListeners(this.#leaver.signal, 'abort').length === 0, 'the signal is listened to')
  }

  async #open(): Promise<void> {
    const { mode, isCached, isCramped } = this.#setup
    const serving = resolveServingOptions({ backend: 'cpu', caching: isCached })
    const platform = { clock: this.clock, defer: (turn: () => void) => void this.#turns.push(turn), hash: sha256Hex }
    this.#cache = await openSharedCache(serving.caching, this.clock, silentPublish)
    const folder = { name: 'counter', path: 'counter', versions: [...files.keys()], ...service, rule: undefined }
    const backend: Backend = {
      name: 'cpu',
      description: 'held',
      open: () => Promise.resolve({ library: 'held', device: { kind: 'cpu', name: 'held' } }),
      load: ({ metadata }: Artifact) => Promise.resolve(this.#load(metadata.version, mode)),
      tensorCount: () => Promise.resolve(0),
      health: () => ({ restartCount: 0 }),
      close: () => Promise.resolve(),
    }
    this.#model = new ServedModel(readServiceEntry(folder), {
      serving,
      platform,
      publish: silentPublish,
      cache: this.#cache,
      budget: new MemoryBudget(isCramped ? 1 : Infinity),
      allowBelowFloor: false,
      retryAfterMs: 1000,
      readEntry: () => Promise.resolve(readServiceEntry(folder)),
      readArtifact: (path) => this.#read(path.slice(path.lastIndexOf('/') + 1)),
      candidates: [{ name: 'cpu', backend }],
    })
    const opening = (async () => {
      await this.#model.load()
      this.#byName = await this.#model.predictor(undefined, true)
      this.#byAlias = await this.#model.predictor('2.0.0', true)
    })()
    let isOpen = false
    void opening.finally(() => (isOpen = true))
    while (!isOpen) await this.act({ kind: 'read' })
    await opening
  }

  #load(version: string, mode: VersionsSetup['mode']): HeldModel {
    const model = createHeldModel(version, mode, {
      clock: this.clock,
      onRun: (run) => {
        this.#check(!this.#isClosed, `${version} ran ${run.ids} after close`)
        this.#runs.push(run)
      },
      onEnd: () => undefined,
      onCompute: () => undefined,
      faultOf: () => undefined,
      isNaN: () => false,
    })
    this.#models.push(model)
    return model
  }

  #read(version: string): Promise<Record<string, Uint8Array>> {
    return new Promise((resolve) => this.#reads.push(() => resolve({ ...files.get(version) })))
  }

  #predict({ by, rowCount, isAborted }: VersionsStep & { kind: 'predict' }): void {
    const predictor = by === 'name' ? this.#byName : this.#byAlias
    const ids = Array.from({ length: rowCount }, () => this.#nextId++)
    const rows = ids.map((id) => ({ id }))
    const signal = isAborted ? this.#leaver.signal : undefined
    const options = { useCache: true, ...(signal === undefined ? {} : { signal }) }
    const answer = rowCount === 1 ? predictor.predict(rows[0], options) : predictor.predictBatch(rows, options)
    this.#ask(`predict ${ids} by ${by}`, answer, { ids, by, signal })
  }

  #activate(version: string): void {
    if (!this.#isClosed && version !== brokenVersion) this.#lastActive = version
    this.#ask(`activate ${version}`, this.#model.activate(version))
  }

  #ask(
    what: string,
    answer: Promise<unknown>,
    { ids = [], by, signal }: Partial<Pick<Asked, 'ids' | 'by' | 'signal'>> = {},
  ): void {
    const asked: Asked = { what, ids, by, signal, settled: [] }
    this.#asked.push(asked)
    const settle = (isError: boolean) => (outcome: unknown) =>
      void asked.settled.push({ outcome, isError, isClosed: this.#isClosed })
    void answer.then(settle(false), settle(true))
  }

  #abort(): void {
    this.#leaver.abort('left')
    this.#check(getEventListeners(this.#leaver.signal, 'abort').length === 0, 'an aborted signal is listened to')
    this.#leaver = new AbortController()
  }

  async #runDry(): Promise<void> {
    const isBusy = (): boolean =>
      this.#asked.some(({ settled }) => settled.length === 0) ||
      this.#runs.some(({ state }) => state === 'pending') ||
      this.#turns.length + this.#reads.length > 0
    for (let turn = 0; isBusy(); turn++) {
      if (turn === 500) {
        const waiting = this.#asked.filter(({ settled }) => settled.length === 0)
        return this.#check(false, `never ended: ${waiting.map(({ what }) => what).join('; ')}`)
      }
      for (const kind of ['read', 'endTurn', 'finish'] as const) await this.act({ kind })
    }
  }

  /** What callers name is loaded, once, and nothing else is. */
  async #checkWhoIsLeft(): Promise<void> {
    this.#predict({ kind: 'predict', by: 'name', rowCount: 1, isAborted: false })
    this.#predict({ kind: 'predict', by: 'alias', rowCount: 1, isAborted: false })
    await this.#runDry()
    const versions = this.#asked.slice(-2).map(({ settled }) => (settled[0]?.outcome as Prediction).version)
    if (this.#setup.isCramped) return
    const expected = [this.#lastActive, '2.0.0']
    this.#check(versions.join() === expected.join(), `at last ${versions} answer, not ${expected}`)
    const alive = this.#models.filter(({ disposeCount }) => disposeCount === 0).map(({ version }) => version)
    this.#check(alive.sort().join() === [...new Set(expected)].sort().join(), `loaded are ${alive}, wanted ${expected}`)
  }

  #check(holds: boolean, fault: string): void {
    if (!holds) this.faults.push(fault)
  }

  #checkAsked({ what, ids, by, signal, settled }: Asked): void {
    if (settled.length !== 1) return this.#check(false, `${what} settled ${settled.length} times`)
    const [{ outcome, isError, isClosed }] = settled
    if (isError) {
      if (signal?.aborted === true && outcome === 'left') return
      return this.#check(this.#mayFail(what, outcome, isClosed), `${what} failed with ${String(outcome)}`)
    }
    if (by === undefined) return
    const entries = Array.isArray(outcome) ? (outcome as unknown[]) : [outcome]
    this.#check(entries.length === ids.length, `${what} got ${entries.length} entries`)
    const versions = new Set<unknown>()
    for (const [i, entry] of entries.entries()) {
      if (isMLError(entry)) {
        this.#check(this.#mayFail(what, entry, isClosed), `${what} failed with ${String(entry)}`)
        continue
      }
      const { version, value } = entry as Prediction
      versions.add(version)
      this.#check(value === answerTo(ids[i], version as string), `${what} got ${value} by ${version}`)
    }
    this.#check(versions.size <= 1, `${what} was answered by ${[...versions]}`)
    if (by === 'alias')
      this.#check(
        [...versions].every((version) => version === '2.0.0'),
        `${what} by ${[...versions]}`,
      )
  }

  #mayFail(what: string, error: unknown, isClosed: boolean): boolean {
    if (!isMLError(error)) return false
    if (error.code === 'CLOSED') return isClosed
    if (what.includes(brokenVersion)) return error.code === 'CHECKSUM_MISMATCH'
    return this.#setup.isCramped && error.code === 'MODEL_LOAD_FAILED'
  }
}

const service = { serviceConfig: JSON.stringify({ active: '1.0.0' }) }
