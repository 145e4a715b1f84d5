// One model's folder in; what callers name of it, each with the engine that answers there, loaded, swapped, unloaded, out.

import { createError, isMLError, type MLError } from '../errors.ts'
import type { Publish } from '../observe/channels.ts'
import type { ModelStats } from '../observe/stats.ts'
import type { Engine } from './engine.ts'
import type { MemoryBudget } from './memory-budget.ts'
import { findRule } from './model-fallback.ts'
import type { ModelFolder } from './model-folder.ts'
import { createSlot, type Slot } from './model-slot.ts'
import type { ResolvedServingOptions } from './options.ts'
import type { Platform } from './platform.ts'
import { readServiceEntry, resolveVersion, type ServiceEntry } from './service-entry.ts'
import type { SharedCache } from './shared-cache.ts'
import { startEngine } from './start-engine.ts'
import { VersionTable } from './version-table.ts'

export type ServedModelContext = {
  readonly serving: ResolvedServingOptions
  readonly platform: Platform
  readonly publish: Publish
  readonly cache: SharedCache | undefined
  readonly budget: MemoryBudget
  readonly allowBelowFloor: boolean
  readonly retryAfterMs: number
  /** What the model's folder holds now; undefined where it is gone. */
  readonly readFolder: () => Promise<ModelFolder | undefined>
  readonly readArtifact: (path: string) => Promise<Record<string, Uint8Array>>
}

export class SlotTable {
  readonly #context: ServedModelContext
  readonly #versions: VersionTable
  readonly #slots = new Map<string, Slot>()
  readonly #isInUse: (engine: Engine) => boolean
  #entry: ServiceEntry
  #isClosed = false

  /** @param isInUse true for an engine that must stay although no slot has it: a shadow's */
  constructor(entry: ServiceEntry, context: ServedModelContext, isInUse: (engine: Engine) => boolean) {
    this.#entry = entry
    this.#context = context
    this.#isInUse = isInUse
    this.#versions = new VersionTable({
      start: (version, stats) => this.#start(version, stats),
      budget: context.budget,
      onUnload: (engine) => this.#putToSleep(engine),
    })
  }

  get entry(): ServiceEntry {
    return this.#entry
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  get slots(): readonly Slot[] {
    return [...this.#slots.values()]
  }

  get rule(): ReturnType<typeof findRule> {
    return findRule(this.#entry, this.#context.serving.rules)
  }

  slot(selector: string | undefined): Slot {
    const key = selector ?? ''
    const found = this.#slots.get(key)
    if (found !== undefined) return found
    const slot = createSlot(this.#entry.name, selector, this.#context)
    this.#slots.set(key, slot)
    return slot
  }

  /** @throws the load error */
  async loaded(selector: string): Promise<Slot> {
    const slot = this.slot(selector)
    await this.ensureLoaded(slot)
    if (slot.state.kind === 'failed') throw slot.state.error
    return slot
  }

  /** A failure becomes the slot's state; one that is not due to be tried again stays as it is. @throws CLOSED */
  async ensureLoaded(slot: Slot): Promise<void> {
    if (this.#isClosed) throw createError('CLOSED', 'the registry is closed')
    if (slot.state.kind === 'loaded' || !slot.retry.isDue()) return
    slot.loading ??= this.#loadInto(slot).finally(() => {
      slot.loading = undefined
    })
    await slot.loading
  }

  /** Warms a version, lets it answer, then drains what answered before. @throws load errors, which change nothing */
  async swap(slot: Slot, version: string): Promise<void> {
    const engine = await this.#versions.engine(version, slot.stats)
    const before = slot.state
    slot.state = { kind: 'loaded', engine }
    if (before.kind === 'loaded' && before.engine !== engine) await this.retireUnlessNamed(before.engine)
  }

  /** Versions, aliases and rules come and go while a registry runs; a folder that is gone leaves what was known of it. */
  async refresh(): Promise<ServiceEntry> {
    const folder = await this.#context.readFolder()
    this.#entry = folder === undefined ? { ...this.#entry, versions: [] } : readServiceEntry(folder)
    return this.#entry
  }

  /** Says that an engine answers now, so that others are unloaded before it. */
  touch(engine: Engine): void {
    this.#versions.touch(engine)
  }

  /** Drains an engine that neither a slot nor a shadow has any more. */
  async retireUnlessNamed(engine: Engine): Promise<void> {
    const isNamed = [...this.#slots.values()].some(({ state }) => state.kind === 'loaded' && state.engine === engine)
    if (!isNamed && !this.#isInUse(engine)) await this.#versions.retire(engine)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#versions.close()
  }

  async #loadInto(slot: Slot): Promise<void> {
    const { publish, serving } = this.#context
    const { name } = this.#entry
    try {
      const entry = await this.refresh()
      if (entry.error !== undefined) throw entry.error
      const version = resolveVersion(entry, slot.selector)
      slot.meantVersion = version
      slot.state = { kind: 'loaded', engine: await this.#versions.engine(version, slot.stats) }
      slot.retry.succeeded()
    } catch (thrown) {
      const error = isMLError(thrown) ? thrown : unexpected(thrown, name)
      slot.state = { kind: 'failed', error: withFallbackFlag(error, this.rule !== undefined) }
      slot.retry.failed()
      publish('modelFailed', { model: name, version: null, error })
      serving.logger.error({ model: name, code: error.code, err: error }, 'model failed to load; the others go on')
    }
  }

  async #start(version: string, stats: ModelStats): Promise<Engine> {
    const entry = this.#entry
    const { readArtifact, serving, platform, publish, allowBelowFloor } = this.#context
    const files = await readArtifact(`${entry.path}/versions/${version}`)
    const where = `${entry.name}/versions/${version}`
    const expected = { name: entry.name, version }
    const { config } = entry
    return startEngine(files, { where, serving, platform, stats, publish, expected, config, allowBelowFloor })
  }

  #putToSleep(engine: Engine): void {
    const { version, schema } = engine
    for (const slot of this.#slots.values())
      if (slot.state.kind === 'loaded' && slot.state.engine === engine)
        slot.state = { kind: 'asleep', version, schema, wake: () => this.ensureLoaded(slot) }
    this.#context.serving.logger.info(
      { model: this.#entry.name, version },
      'unloaded to make room; the next request loads it again',
    )
  }
}

/** Whatever a load throws is this model's own failure: the others are served. */
function unexpected(cause: unknown, name: string): MLError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return createError('MODEL_LOAD_FAILED', `cannot load ${name}: ${reason}`, { cause })
}

export function withFallbackFlag(error: MLError, fallbackAvailable: boolean): MLError {
  if (error.fallbackAvailable === fallbackAvailable) return error
  const { code, message, details, cause } = error
  return createError(code, message, { details, cause, fallbackAvailable })
}
