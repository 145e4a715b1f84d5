// Versions of one model in; their engines, each started once and drained when nobody names it any more, out.

import { elementCount } from '../artifact/decode-tensor.ts'
import type { Artifact } from '../artifact/artifact.ts'
import { createError } from '../errors.ts'
import type { ModelStats } from '../observe/stats.ts'
import type { Engine } from './engine.ts'
import type { BudgetEntry, MemoryBudget } from './memory-budget.ts'

export type VersionTableOptions = {
  readonly start: (version: string, stats: ModelStats) => Promise<Engine>
  readonly budget: MemoryBudget
  /** Hears of an engine that leaves to make room, before it is drained. */
  readonly onUnload: (engine: Engine) => void
}

export type EngineUse<Result> = {
  /** Batches are counted for whoever asked first. */
  readonly stats: ModelStats
  /** Called once before `take`, which waits for it. */
  readonly prepare?: (engine: Engine) => Promise<void>
  /** Called in the moment in which the engine is there; by then it may have been retired, and another one started. */
  readonly take: (engine: Engine) => Result
}

type Place = { readonly starting: Promise<Engine>; readonly use: BudgetEntry }

export class VersionTable {
  readonly #options: VersionTableOptions
  readonly #engines = new Map<string, Promise<Engine>>()
  readonly #places = new WeakMap<Engine, Place>()
  /** Retired or unloaded to make room, and not drained yet. */
  readonly #leaving = new Set<Engine>()
  #isClosed = false

  constructor(options: VersionTableOptions) {
    this.#options = options
  }

  /** A version is loaded once, whoever names it. @throws load errors; what `prepare` throws; CLOSED */
  async use<Result>(version: string, { stats, prepare, take }: EngineUse<Result>): Promise<Result> {
    let isPrepared = prepare === undefined
    for (;;) {
      if (this.#isClosed) throw createError('CLOSED', 'the registry is closed')
      const starting = this.#engines.get(version) ?? this.#begin(version, stats)
      const engine = await starting
      // once: where room is short, what waits longer is unloaded again meanwhile
      if (!isPrepared) await prepare?.(engine)
      isPrepared = true
      if (this.#engines.get(version) === starting) return take(engine)
    }
  }

  touch(engine: Engine): void {
    const place = this.#places.get(engine)
    if (place !== undefined) this.#options.budget.touch(place.use)
  }

  /** Ends an engine that nobody names any more, once what runs on it has its answer. */
  async retire(engine: Engine): Promise<void> {
    this.#forget(engine)
    await this.#drain(engine)
  }

  /** Settles what waits for any engine; those that are still starting are closed as soon as they run. */
  async close(): Promise<void> {
    this.#isClosed = true
    const startings = [...this.#engines.values()]
    this.#engines.clear()
    const leaving = [...this.#leaving].map((engine) => engine.close())
    const running = startings.map(async (starting) => {
      const engine = await starting.catch(() => undefined)
      if (engine === undefined) return
      this.#forget(engine)
      await engine.close()
    })
    await Promise.all([...leaving, ...running])
  }

  #begin(version: string, stats: ModelStats): Promise<Engine> {
    const starting = this.#options.start(version, stats).then((engine) => {
      const { budget, onUnload } = this.#options
      const unload = async (): Promise<void> => {
        this.#forget(engine)
        onUnload(engine)
        await this.#drain(engine)
      }
      this.#places.set(engine, { starting, use: budget.add(residentByteLength(engine.artifact), unload) })
      return engine
    })
    this.#engines.set(version, starting)
    starting.catch(() => this.#forgetStart(version, starting))
    return starting
  }

  async #drain(engine: Engine): Promise<void> {
    this.#leaving.add(engine)
    try {
      await engine.drain()
    } finally {
      this.#leaving.delete(engine)
    }
  }

  #forget(engine: Engine): void {
    const place = this.#places.get(engine)
    if (place === undefined) return
    this.#options.budget.remove(place.use)
    this.#forgetStart(engine.version, place.starting)
  }

  /** The same version may have been started anew meanwhile. */
  #forgetStart(version: string, starting: Promise<Engine>): void {
    if (this.#engines.get(version) === starting) this.#engines.delete(version)
  }
}

/** The stored bytes, which the artifact keeps, and four bytes a weight on the backend. */
function residentByteLength({ weightData, modelJson }: Artifact): number {
  const elements = modelJson.weightsManifest
    .flatMap(({ weights }) => weights)
    .reduce((sum, { shape }) => sum + elementCount(shape), 0)
  return weightData.byteLength + 4 * elements
}
