// One model's folder in; what callers name of it, each with the engine that answers there, loaded, swapped, unloaded, out.

import { createError } from '../errors.ts'
import { createModelStats, type ModelStats } from '../observe/stats.ts'
import { ClosingGate } from './closing-gate.ts'
import type { Engine } from './engine.ts'
import { asLoadError, warmUpFailed, withFallbackFlag } from './load-failure.ts'
import { findRule } from './model-fallback.ts'
import { createSlot, fillSlot, inTurn, type Slot } from './model-slot.ts'
import { type ServiceEntry, versionToLoad } from './service-entry.ts'
import { type ServedModelContext, startVersion } from './start-version.ts'
import { VersionTable } from './version-table.ts'

export class SlotTable {
  readonly #context: ServedModelContext
  readonly #versions: VersionTable
  readonly #slots = new Map<string, Slot>()
  readonly #gate = new ClosingGate()
  readonly stats: ModelStats
  #entry: ServiceEntry
  #readCount = 0
  /** Number of the read that `#entry` is from. */
  #entryRead = 0

  constructor(entry: ServiceEntry, context: ServedModelContext) {
    this.#entry = entry
    this.#context = context
    this.stats = createModelStats({ clock: context.platform.clock })
    this.#versions = new VersionTable({
      start: (version, stats) => startVersion(this.#entry, version, { ...context, stats }),
      budget: context.budget,
      onUnload: (engine) => this.#putToSleep(engine),
    })
  }

  get entry(): ServiceEntry {
    return this.#entry
  }

  get isClosed(): boolean {
    return this.#gate.isClosed
  }

  get gate(): ClosingGate {
    return this.#gate
  }

  get slots(): readonly Slot[] {
    return [...this.#slots.values()]
  }

  /** Engines that answer somewhere. */
  get engines(): readonly Engine[] {
    const engines = new Set<Engine>()
    for (const { state } of this.#slots.values()) if (state.kind === 'loaded') engines.add(state.engine)
    return [...engines]
  }

  get rule(): ReturnType<typeof findRule> {
    return findRule(this.#entry, this.#context.serving.rules)
  }

  slot(selector: string | undefined): Slot {
    const key = keyOf(selector)
    const found = this.#slots.get(key)
    if (found !== undefined) return found
    const slot = createSlot(this.#entry.name, selector, { ...this.#context, stats: this.stats })
    this.#slots.set(key, slot)
    return slot
  }

  /** Counts a holder of the slot, which keeps what is loaded there from being released. */
  hold(selector: string | undefined): Slot {
    const slot = this.slot(selector)
    slot.holderCount++
    return slot
  }

  /** Ends a hold on each; what nobody holds any more is unloaded, once what runs on it has its answer. */
  async release(slots: readonly Slot[]): Promise<void> {
    for (const slot of slots) slot.holderCount--
    await Promise.all(slots.map((slot) => this.#unloadUnlessHeld(slot)))
  }

  /** A failure becomes the slot's state; one that is not due to be tried again stays as it is. @throws CLOSED */
  async ensureLoaded(slot: Slot): Promise<void> {
    this.#gate.assertOpen()
    if (slot.state.kind === 'loaded' || !slot.retry.isDue()) return
    slot.loading ??= inTurn(slot, () => this.#loadInto(slot)).finally(() => {
      slot.loading = undefined
    })
    await this.#gate.pass(slot.loading)
  }

  /**
   * Warms the version that `choose` gives at the batch sizes in use, lets it answer, then drains what answered before.
   * @throws load errors and what `choose` throws, which change nothing; CLOSED
   */
  async swap(slot: Slot, choose: () => string | Promise<string>): Promise<void> {
    const swapping = inTurn(slot, async () => this.#swap(slot, await choose()))
    const former = await this.#gate.pass(swapping)
    if (former !== undefined) await this.retireUnlessNamed(former)
  }

  /** Versions, aliases and rules come and go while a registry runs; a folder that is gone leaves what was known of it. */
  async refresh(): Promise<ServiceEntry> {
    const read = ++this.#readCount
    const found = await this.#gate.pass(this.#context.readEntry())
    // a read that began earlier and took longer says less
    if (read < this.#entryRead) return this.#entry
    this.#entryRead = read
    const entry = found ?? { ...this.#entry, versions: [] }
    // what a file that cannot be read said before goes on
    if (entry.error === undefined || this.#entry.error !== undefined) this.#entry = entry
    return entry
  }

  /** Says that an engine answers now, so that others are unloaded before it. */
  touch(engine: Engine): void {
    this.#versions.touch(engine)
  }

  /** Drains an engine that no slot has any more. */
  async retireUnlessNamed(engine: Engine): Promise<void> {
    const isNamed = this.slots.some(({ state }) => state.kind === 'loaded' && state.engine === engine)
    if (!isNamed) await this.#versions.retire(engine)
    this.stats.forgetUnused((version) => this.engines.some((used) => used.version === version))
  }

  /** Settles every caller who waits here, at once; waits for loads under way. */
  async close(): Promise<void> {
    this.#gate.close(createError('CLOSED', `the registry of ${this.#entry.name} is closed`))
    await this.#versions.close()
  }

  async #loadInto(slot: Slot): Promise<void> {
    if (slot.state.kind === 'loaded' || !this.#isListed(slot)) return
    const { publish, serving } = this.#context
    const { name } = this.#entry
    try {
      const entry = await this.refresh()
      if (entry.error !== undefined) throw entry.error
      const { version, meant } = versionToLoad(entry, slot.selector, slot.version)
      slot.meantVersion = meant ?? slot.meantVersion
      await this.#versions.use(version, { stats: slot.stats, take: (engine) => void fillSlot(slot, engine) })
      slot.retry.succeeded()
    } catch (thrown) {
      if (this.isClosed) throw thrown
      const error = asLoadError(thrown, name)
      slot.state = { kind: 'failed', error: withFallbackFlag(error, this.rule !== undefined) }
      slot.retry.failed()
      publish('modelFailed', { model: name, version: null, error })
      serving.logger.error({ model: name, code: error.code, err: error }, 'model failed to load; the others go on')
    }
  }

  /** @returns the engine that answered before, where it is another one */
  async #swap(slot: Slot, version: string): Promise<Engine | undefined> {
    if (!this.#isListed(slot)) return undefined
    const prepare = async (engine: Engine): Promise<void> => {
      const { state } = slot
      if (state.kind !== 'loaded' || state.engine === engine) return
      try {
        await engine.warmFor(state.engine.sizesInUse)
      } catch (error) {
        await this.retireUnlessNamed(engine)
        throw this.isClosed ? error : warmUpFailed(engine, error)
      }
    }
    const former = await this.#versions.use(version, {
      stats: slot.stats,
      prepare,
      take: (engine) => fillSlot(slot, engine),
    })
    slot.retry.succeeded()
    return former
  }

  async #unloadUnlessHeld(slot: Slot): Promise<void> {
    // the active version stays, whoever asked for it
    if (slot.selector === undefined) return
    const former = await inTurn(slot, () => {
      if (slot.holderCount > 0 || !this.#isListed(slot)) return Promise.resolve(undefined)
      this.#slots.delete(keyOf(slot.selector))
      return Promise.resolve(slot.state.kind === 'loaded' ? slot.state.engine : undefined)
    })
    if (former === undefined) return
    // a request that woke it must not meet an engine that closes
    if (!this.engines.includes(former)) this.#putOneToSleep(slot, former)
    await this.retireUnlessNamed(former)
  }

  /** False for one that was released while somebody still looked at it. */
  #isListed(slot: Slot): boolean {
    return this.#slots.get(keyOf(slot.selector)) === slot
  }

  #putOneToSleep(slot: Slot, { version, schema }: Engine): void {
    slot.state = {
      kind: 'asleep',
      version,
      schema,
      wake: () => this.ensureLoaded(slot),
      current: () => slot.state,
    }
  }

  #putToSleep(engine: Engine): void {
    const { version } = engine
    for (const slot of this.#slots.values())
      if (slot.state.kind === 'loaded' && slot.state.engine === engine) this.#putOneToSleep(slot, engine)
    this.#context.serving.logger.info(
      { model: this.#entry.name, version },
      'unloaded to make room; the next request loads it again',
    )
  }
}

function keyOf(selector: string | undefined): string {
  return selector ?? ''
}
