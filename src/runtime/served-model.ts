// One model of the registry: its versions, loaded or failed, the active one, and predictors that follow it.

import type { ArtifactMetadata } from '../artifact/metadata.ts'
import { createError } from '../errors.ts'
import { createRequestLog, type RequestLog } from '../observe/request-log.ts'
import type { HealthReason } from '../observe/health.ts'
import { createRowReader } from '../rows/read-row.ts'
import { createFallbacks } from './model-fallback.ts'
import type { ModelHealth } from './model-health.ts'
import { withFallbackFlag } from './load-failure.ts'
import { inTurn, type Slot, type SlotState } from './model-slot.ts'
import { ModelPredictor } from './predictor.ts'
import type { EngineState } from './request.ts'
import { checkedRouting, Routing, type RoutingOptions } from './routing.ts'
import { resolveVersion, type ServiceEntry } from './service-entry.ts'
import { ShadowComparison } from './shadow.ts'
import { SlotTable } from './slot-table.ts'
import type { ServedModelContext } from './start-version.ts'

export class ServedModel {
  readonly #context: ServedModelContext
  readonly #table: SlotTable
  readonly #log: RequestLog | undefined
  /** Routings are set one after the other. */
  readonly #routings = { turn: Promise.resolve() }
  #routing: Routing | undefined
  #monitor: ModelPredictor | undefined
  #folderFaults: readonly string[] = []

  constructor(entry: ServiceEntry, context: ServedModelContext) {
    this.#context = context
    this.#table = new SlotTable(entry, context)
    const { logger, logRows } = context.serving
    this.#log = createRequestLog({ model: entry.name, logger, logRows, clock: context.platform.clock })
  }

  /** Loads the active version; a failure becomes the model's state, never an exception. */
  async load(): Promise<void> {
    const { config, name } = this.#table.entry
    const { logger } = this.#context.serving
    if (config.fallback !== undefined && this.#table.rule === undefined)
      logger.warn(
        { model: name, fallback: config.fallback },
        'service.json names a fallback that neither options.fallbacks, rule.json nor this library has; nothing answers when the model cannot',
      )
    await this.#table.ensureLoaded(this.#table.slot(undefined))
    if (config.traffic === undefined && config.shadow === undefined) return
    try {
      const { traffic, shadow } = config
      await this.route({ traffic, shadow })
    } catch (error) {
      logger.error(
        { model: name, err: error },
        'traffic or shadow of service.json cannot be; the active version answers all',
      )
    }
  }

  /**
   * A predictor holds what it names: it stays loaded while nobody has closed it.
   * @throws the load error where there is neither model nor fallback; MODEL_NOT_FOUND for an unknown version or alias
   */
  async predictor(selector: string | undefined, useFallback: boolean): Promise<ModelPredictor> {
    if (selector !== undefined) resolveVersion(await this.#table.refresh(), selector)
    const slot = this.#table.hold(selector)
    try {
      await this.#table.ensureLoaded(slot)
      const hasRule = this.#table.rule !== undefined
      if (slot.state.kind === 'failed' && !(useFallback && hasRule)) throw withFallbackFlag(slot.state.error, hasRule)
    } catch (error) {
      slot.holderCount--
      throw error
    }
    return this.#createPredictor(slot, useFallback)
  }

  /** Warms `selector`'s version, lets it take traffic, then drains what answered before; a failed swap changes nothing. */
  async activate(selector: string): Promise<void> {
    const choose = async () => resolveVersion(await this.#table.refresh(), selector)
    await this.#table.swap(this.#table.slot(undefined), choose)
  }

  /**
   * Splits the requests to the name alone, and lets a shadow see them; it replaces what was set before. Every version is
   * loaded before anything changes; what only the former routing held is unloaded afterwards.
   */
  async route(options: RoutingOptions): Promise<void> {
    await this.#table.release(await inTurn(this.#routings, () => this.#route(options)))
  }

  /** Takes over what the folder means now, for the active version and every alias that somebody uses; for a watch. */
  async follow(): Promise<void> {
    const entry = await this.#table.refresh()
    if (this.#table.isClosed) return
    const faults = entry.error === undefined ? [] : [entry.error.message]
    if (entry.error === undefined)
      for (const slot of this.#table.slots) {
        if (slot.state.kind === 'failed') await this.#table.ensureLoaded(slot)
        else if (slot.retry.isDue()) faults.push(...(await this.#followOne(entry, slot)))
      }
    this.#noteFaults(faults)
  }

  /** Health of the active version, whether or not anyone asked for a predictor. */
  health(): ModelHealth {
    this.#monitor ??= this.#createPredictor(this.#table.hold(undefined), true)
    return this.#monitor.getHealth()
  }

  get metadata(): ArtifactMetadata | undefined {
    const { state } = this.#table.slot(undefined)
    return state.kind === 'loaded' ? state.engine.artifact.metadata : undefined
  }

  /** A second call does nothing. */
  async close(): Promise<void> {
    this.#routing = undefined
    await this.#table.close()
  }

  /** @returns the slots that nobody of this model's routing holds any more */
  async #route(options: RoutingOptions): Promise<readonly Slot[]> {
    const { name } = this.#table.entry
    const { weights, shadow } = checkedRouting(name, options)
    const entry = await this.#table.refresh()
    for (const [selector] of weights) resolveVersion(entry, selector)
    if (shadow !== undefined) resolveVersion(entry, shadow.selector)
    const held: Slot[] = []
    const load = async (selector: string): Promise<Slot> => {
      const slot = this.#table.hold(selector)
      held.push(slot)
      await this.#table.ensureLoaded(slot)
      if (slot.state.kind === 'failed') throw slot.state.error
      return slot
    }
    try {
      const arms = []
      for (const [selector, weight] of weights) arms.push({ slot: await load(selector), weight })
      const { publish, platform } = this.#context
      const comparison =
        shadow && new ShadowComparison(name, { slot: await load(shadow.selector), share: shadow.share }, publish)
      const before = this.#routing
      this.#routing = held.length > 0 ? new Routing(arms, comparison, platform.clock) : undefined
      return before?.slots ?? []
    } catch (error) {
      await this.#table.release(held)
      throw error
    }
  }

  /** What the folder says now and nobody can follow: told once, and in health until it is mended. */
  #noteFaults(faults: readonly string[]): void {
    const { logger } = this.#context.serving
    const { name } = this.#table.entry
    for (const reason of faults)
      if (!this.#folderFaults.includes(reason))
        logger.error({ model: name, reason }, 'cannot follow the models folder; what was served goes on')
    this.#folderFaults = faults
  }

  #notes(slot: Slot): readonly HealthReason[] {
    const notes = this.#folderFaults.map((text): HealthReason => ({ kind: 'folder', text: `not followed: ${text}` }))
    const { accuracyFloor } = this.#table.entry.config
    if (accuracyFloor === undefined || slot.state.kind !== 'loaded') return notes
    const accuracy = slot.state.engine.artifact.metadata.evaluation?.accuracy
    if (accuracy !== undefined && accuracy >= accuracyFloor) return notes
    const measured = accuracy === undefined ? 'no accuracy was measured' : `an accuracy of ${accuracy} was measured`
    return [
      ...notes,
      { kind: 'accuracy', text: `${measured}, and the floor is ${accuracyFloor}; allowBelowFloor serves it` },
    ]
  }

  /**
   * A version that cannot be loaded changes nothing, and is tried again with back-off: it may still be copied.
   * @returns what the folder means that is not there
   */
  async #followOne(entry: ServiceEntry, slot: Slot): Promise<readonly string[]> {
    const { logger } = this.#context.serving
    const { name } = entry
    let version: string
    try {
      version = resolveVersion(entry, slot.selector)
    } catch (error) {
      // its versions or alias are gone; what is loaded goes on
      return [error instanceof Error ? error.message : String(error)]
    }
    if (version === slot.meantVersion) return []
    try {
      await this.#table.swap(slot, () => version)
      slot.meantVersion = version
      slot.retry.succeeded()
      logger.info({ model: name, version, selector: slot.selector }, 'followed the models folder')
    } catch (error) {
      slot.retry.failed()
      logger.error({ model: name, version, err: error }, 'the new version cannot be served; the former goes on')
    }
    return []
  }

  /** Who answers the next request to a slot. An arm that cannot answer leaves its share to the active version. */
  #next(slot: Slot): SlotState {
    if (this.#table.isClosed) return closedState(this.#table.entry.name)
    const arm = slot.selector === undefined ? this.#routing?.pick()?.state : undefined
    const state = arm === undefined || arm.kind === 'failed' ? slot.state : arm
    if (state.kind === 'loaded') this.#table.touch(state.engine)
    // a model that failed is tried again, in the background of a request that its fallback answers
    else if (state.kind === 'failed' && slot.retry.isDue())
      // closed meanwhile: nobody waits for it
      void this.#table.ensureLoaded(slot).catch(() => undefined)
    return state
  }

  #createPredictor(slot: Slot, useFallback: boolean): ModelPredictor {
    const { platform, publish, cache, serving } = this.#context
    const { name, config } = this.#table.entry
    return new ModelPredictor({
      name,
      state: () => this.#next(slot),
      current: () => (this.#table.isClosed ? closedState(name) : slot.state),
      ...(slot.selector === undefined ? { routing: () => this.#routing } : { isPinned: true }),
      fallbackFor: useFallback ? createFallbacks(this.#table.entry, serving.rules, publish) : () => undefined,
      ...(config.schema === undefined
        ? {}
        : { readerWithoutModel: createRowReader(config.schema), schemaWithoutModel: config.schema }),
      cache,
      stats: slot.stats,
      engines: () => this.#table.engines,
      log: this.#log,
      gate: this.#table.gate,
      notes: () => this.#notes(slot),
      platform,
      publish,
      ...(config.latencyTargetMs === undefined ? {} : { latencyTargetMs: config.latencyTargetMs }),
      onClose: () => {
        slot.holderCount--
        return Promise.resolve()
      },
    })
  }
}

function closedState(name: string): EngineState {
  return { kind: 'failed', error: createError('CLOSED', `the registry of ${name} is closed`) }
}
