// Versions of one model in; their engines, each started once and drained when nobody names it any more, out.

import { elementCount } from '../artifact/decode-tensor.ts'
import type { Artifact } from '../artifact/artifact.ts'
import type { ModelStats } from '../observe/stats.ts'
import type { Engine } from './engine.ts'
import type { BudgetEntry, MemoryBudget } from './memory-budget.ts'

export type VersionTableOptions = {
  readonly start: (version: string, stats: ModelStats) => Promise<Engine>
  readonly budget: MemoryBudget
  /** Hears of an engine that leaves to make room, before it is drained. */
  readonly onUnload: (engine: Engine) => void
}

export class VersionTable {
  readonly #options: VersionTableOptions
  readonly #engines = new Map<string, Promise<Engine>>()
  readonly #uses = new WeakMap<Engine, BudgetEntry>()

  constructor(options: VersionTableOptions) {
    this.#options = options
  }

  /** Batches are counted for whoever asked first; a version is loaded once, whoever names it. */
  engine(version: string, stats: ModelStats): Promise<Engine> {
    const found = this.#engines.get(version)
    if (found !== undefined) return found
    const starting = this.#start(version, stats)
    this.#engines.set(version, starting)
    starting.catch(() => this.#forget(version, starting))
    return starting
  }

  touch(engine: Engine): void {
    const use = this.#uses.get(engine)
    if (use !== undefined) this.#options.budget.touch(use)
  }

  /** Ends an engine that nobody names any more, once what runs on it has its answer. */
  async retire(engine: Engine): Promise<void> {
    this.#engines.delete(engine.version)
    const use = this.#uses.get(engine)
    if (use !== undefined) this.#options.budget.remove(use)
    await engine.drain()
  }

  async close(): Promise<void> {
    for (const [version, starting] of [...this.#engines]) {
      this.#engines.delete(version)
      const engine = await starting.catch(() => undefined)
      if (engine === undefined) continue
      const use = this.#uses.get(engine)
      if (use !== undefined) this.#options.budget.remove(use)
      await engine.close()
    }
  }

  async #start(version: string, stats: ModelStats): Promise<Engine> {
    const { start, budget, onUnload } = this.#options
    const engine = await start(version, stats)
    const unload = async (): Promise<void> => {
      this.#engines.delete(version)
      onUnload(engine)
      await engine.drain()
    }
    this.#uses.set(engine, budget.add(residentByteLength(engine.artifact), unload))
    return engine
  }

  #forget(version: string, starting: Promise<Engine>): void {
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
