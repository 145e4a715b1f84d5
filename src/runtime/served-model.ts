// One model of the registry: its versions, loaded or failed, the active one, and predictors that follow it.

import type { ArtifactMetadata } from '../artifact/metadata.ts'
import { createError, isMLError, type MLError } from '../errors.ts'
import type { Publish } from '../observe/channels.ts'
import { createModelStats, type ModelStats } from '../observe/stats.ts'
import { createRowReader } from '../rows/read-row.ts'
import type { Engine } from './engine.ts'
import { createFallbacks, findRule } from './model-fallback.ts'
import type { ModelFolder } from './model-folder.ts'
import type { ModelHealth } from './model-health.ts'
import type { ResolvedServingOptions } from './options.ts'
import type { Platform } from './platform.ts'
import { ModelPredictor } from './predictor.ts'
import type { EngineState } from './request.ts'
import { RetrySchedule } from './retry-schedule.ts'
import { readServiceEntry, resolveVersion, type ServiceEntry } from './service-entry.ts'
import type { SharedCache } from './shared-cache.ts'
import { startEngine } from './start-engine.ts'

export type ServedModelContext = {
  readonly serving: ResolvedServingOptions
  readonly platform: Platform
  readonly publish: Publish
  readonly cache: SharedCache | undefined
  readonly allowBelowFloor: boolean
  readonly retryAfterMs: number
  /** What the model's folder holds now; undefined where it is gone. */
  readonly readFolder: () => Promise<ModelFolder | undefined>
  readonly readArtifact: (path: string) => Promise<Record<string, Uint8Array>>
}

/** The active version, or one that was asked for by name. */
type Slot = {
  readonly selector: string | undefined
  readonly stats: ModelStats
  readonly retry: RetrySchedule
  state: EngineState
  loading: Promise<void> | undefined
}

export class ServedModel {
  readonly #context: ServedModelContext
  readonly #engines = new Map<string, Promise<Engine>>()
  readonly #slots = new Map<string, Slot>()
  #entry: ServiceEntry
  #monitor: ModelPredictor | undefined
  #isClosed = false

  constructor(entry: ServiceEntry, context: ServedModelContext) {
    this.#entry = entry
    this.#context = context
  }

  /** Loads the active version; a failure becomes the model's state, never an exception. */
  async load(): Promise<EngineState> {
    const { fallback } = this.#entry.config
    if (fallback !== undefined && this.#findRule() === undefined)
      this.#context.serving.logger.warn(
        { model: this.#entry.name, fallback },
        'service.json names a fallback that neither options.fallbacks nor rule.json has; nothing answers when the model cannot',
      )
    const slot = this.#slot(undefined)
    await this.#ensureLoaded(slot)
    return slot.state
  }

  /** @throws the load error where there is neither model nor fallback; MODEL_NOT_FOUND for an unknown version or alias */
  async predictor(selector: string | undefined, useFallback: boolean): Promise<ModelPredictor> {
    if (selector !== undefined) resolveVersion(await this.#refresh(), selector)
    const slot = this.#slot(selector)
    await this.#ensureLoaded(slot)
    const hasRule = this.#findRule() !== undefined
    if (slot.state.kind === 'failed' && !(useFallback && hasRule)) throw withFallbackFlag(slot.state.error, hasRule)
    return this.#createPredictor(slot, useFallback)
  }

  /** Warms `selector`'s version, lets it take traffic, then drains what answered before; a failed swap changes nothing. */
  async activate(selector: string): Promise<void> {
    const version = resolveVersion(await this.#refresh(), selector)
    const slot = this.#slot(undefined)
    const engine = await this.#engine(version, slot)
    const before = slot.state
    slot.state = { kind: 'loaded', engine }
    if (before.kind === 'loaded' && before.engine !== engine) await this.#retire(before.engine)
  }

  /** Health of the active version, whether or not anyone asked for a predictor. */
  health(): ModelHealth {
    this.#monitor ??= this.#createPredictor(this.#slot(undefined), true)
    return this.#monitor.getHealth()
  }

  get metadata(): ArtifactMetadata | undefined {
    const { state } = this.#slot(undefined)
    return state.kind === 'loaded' ? state.engine.artifact.metadata : undefined
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const [version, starting] of [...this.#engines]) {
      this.#engines.delete(version)
      await starting.then(
        (engine) => engine.close(),
        () => undefined,
      )
    }
  }

  #slot(selector: string | undefined): Slot {
    const key = selector ?? ''
    const found = this.#slots.get(key)
    if (found !== undefined) return found
    const { platform, retryAfterMs } = this.#context
    const slot: Slot = {
      selector,
      stats: createModelStats({ clock: platform.clock }),
      retry: new RetrySchedule(platform.clock, retryAfterMs),
      state: { kind: 'failed', error: createError('MODEL_LOAD_FAILED', `${this.#entry.name} is not loaded yet`) },
      loading: undefined,
    }
    this.#slots.set(key, slot)
    return slot
  }

  async #ensureLoaded(slot: Slot): Promise<void> {
    if (this.#isClosed) throw createError('CLOSED', 'the registry is closed')
    if (slot.state.kind === 'loaded' || !slot.retry.isDue()) return
    slot.loading ??= this.#loadInto(slot).finally(() => {
      slot.loading = undefined
    })
    await slot.loading
  }

  async #loadInto(slot: Slot): Promise<void> {
    const { publish, serving } = this.#context
    const { name } = this.#entry
    try {
      const entry = await this.#refresh()
      if (entry.error !== undefined) throw entry.error
      slot.state = { kind: 'loaded', engine: await this.#engine(resolveVersion(entry, slot.selector), slot) }
      slot.retry.succeeded()
    } catch (thrown) {
      const error = isMLError(thrown) ? thrown : unexpected(thrown, name)
      slot.state = { kind: 'failed', error: withFallbackFlag(error, this.#findRule() !== undefined) }
      slot.retry.failed()
      publish('modelFailed', { model: name, version: null, error })
      serving.logger.error({ model: name, code: error.code, err: error }, 'model failed to load; the others go on')
    }
  }

  /** Versions, aliases and rules come and go while a registry runs; a folder that is gone leaves what was known of it. */
  async #refresh(): Promise<ServiceEntry> {
    const folder = await this.#context.readFolder()
    this.#entry = folder === undefined ? { ...this.#entry, versions: [] } : readServiceEntry(folder)
    return this.#entry
  }

  #findRule(): ReturnType<typeof findRule> {
    return findRule(this.#entry, this.#context.serving.rules)
  }

  #engine(version: string, slot: Slot): Promise<Engine> {
    const found = this.#engines.get(version)
    if (found !== undefined) return found
    const starting = this.#start(version, slot)
    this.#engines.set(version, starting)
    starting.catch(() => this.#engines.delete(version))
    return starting
  }

  /** Batches are counted for the slot that asked first; a version is loaded once, whoever names it. */
  async #start(version: string, { stats }: Slot): Promise<Engine> {
    const entry = this.#entry
    const { readArtifact, serving, platform, publish, allowBelowFloor } = this.#context
    const files = await readArtifact(`${entry.path}/versions/${version}`)
    const where = `${entry.name}/versions/${version}`
    const expected = { name: entry.name, version }
    const { config } = entry
    return startEngine(files, { where, serving, platform, stats, publish, expected, config, allowBelowFloor })
  }

  async #retire(engine: Engine): Promise<void> {
    const isNamed = [...this.#slots.values()].some(({ state }) => state.kind === 'loaded' && state.engine === engine)
    if (isNamed) return
    this.#engines.delete(engine.version)
    await engine.drain()
  }

  #createPredictor(slot: Slot, useFallback: boolean): ModelPredictor {
    const { platform, publish, cache, serving } = this.#context
    const { name, config } = this.#entry
    return new ModelPredictor({
      name,
      state: () => {
        // a model that failed is tried again, in the background of a request that its fallback answers
        if (slot.state.kind === 'failed' && !this.#isClosed && slot.retry.isDue()) void this.#ensureLoaded(slot)
        return this.#isClosed ? closedState(name) : slot.state
      },
      fallbackFor: useFallback ? createFallbacks(this.#entry, serving.rules, publish) : () => undefined,
      ...(config.schema === undefined
        ? {}
        : { readerWithoutModel: createRowReader(config.schema), schemaWithoutModel: config.schema }),
      cache,
      stats: slot.stats,
      platform,
      publish,
      ...(config.latencyTargetMs === undefined ? {} : { latencyTargetMs: config.latencyTargetMs }),
      onClose: () => Promise.resolve(),
    })
  }
}

function closedState(name: string): EngineState {
  return { kind: 'failed', error: createError('CLOSED', `the registry of ${name} is closed`) }
}

/** Whatever a load throws is this model's own failure: the others are served. */
function unexpected(cause: unknown, name: string): MLError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return createError('MODEL_LOAD_FAILED', `cannot load ${name}: ${reason}`, { cause })
}

function withFallbackFlag(error: MLError, fallbackAvailable: boolean): MLError {
  if (error.fallbackAvailable === fallbackAvailable) return error
  const { code, message, details, cause } = error
  return createError(code, message, { details, cause, fallbackAvailable })
}
