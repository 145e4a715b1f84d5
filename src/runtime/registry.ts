// A models folder in; predictors by name, health and clean shutdown out.

import type { ArtifactMetadata } from '../artifact/metadata.ts'
import { createError, type MLError } from '../errors.ts'
import { nearestName } from '../rows/nearest-name.ts'
import { ClosingGate } from './closing-gate.ts'
import { type FolderWatch, watchFolder } from './folder-watch.ts'
import { assertKnownOptions, wrongOption } from './known-options.ts'
import { MemoryBudget } from './memory-budget.ts'
import type { ModelFolder } from './model-folder.ts'
import { parseModelRef } from './model-ref.ts'
import type { RegistryOptions } from './options.ts'
import type { ModelMap, ModelMapLike, ModelRefOf, TypesOfRef } from './model-types.ts'
import { describePerformance, type PerformanceSummary } from './performance-summary.ts'
import { withTracing } from './open-telemetry.ts'
import { detectPlatform } from './platform.ts'
import type { ModelPredictor } from './predictor.ts'
import { createPublish } from './publish.ts'
import type { RoutingOptions } from './routing.ts'
import { ServedModel } from './served-model.ts'
import { type ResolvedRegistryOptions, resolveRegistryOptions } from './registry-options.ts'
import { describeRegistry, metricsText, type RegistryHealth } from './registry-health.ts'
import { openSharedCache, type SharedCache } from './shared-cache.ts'

/**
 * Models of a folder, loaded and checked; one that fails never stops the others.
 * @typeParam TModels rows and predictions by model, as `tfjs-serving types` writes them; any name and row without
 */
export class MLServiceRegistry<TModels extends ModelMapLike<TModels> = ModelMap> {
  readonly options: RegistryOptions
  readonly #resolved: ResolvedRegistryOptions
  readonly #models = new Map<string, ServedModel>()
  readonly #budget: MemoryBudget
  #watch: FolderWatch | undefined
  #cache: SharedCache | undefined
  #discover: ((name: string) => Promise<ServedModel | undefined>) | undefined
  #initializing: Promise<void> | undefined
  #closing: Promise<void> | undefined
  readonly #gate = new ClosingGate()

  /** @throws VALIDATION_FAILED for an option that cannot be */
  constructor(options: RegistryOptions) {
    this.#resolved = resolveRegistryOptions(options)
    this.options = options
    this.#budget = new MemoryBudget(this.#resolved.memoryBudgetBytes)
  }

  /**
   * Finds the models and loads the active version of each; calls at the same time share one run.
   * @throws MODEL_LOAD_FAILED where the models folder cannot be read; CLOSED
   */
  initialize(): Promise<void> {
    if (this.#gate.isClosed) return Promise.reject(this.#closedError())
    this.#initializing ??= this.#initialize().catch((error: unknown) => {
      this.#initializing = undefined
      throw error
    })
    return this.#gate.pass(this.#initializing)
  }

  /**
   * A predictor that follows the active version of `ref`, or the version or alias after its `@`. Initializes first.
   * @throws MODEL_NOT_FOUND for a name, version or alias that nobody knows; a ModelLoadError where the model failed and
   *   no fallback answers for it, or `fallback` is false; VALIDATION_FAILED for an option that cannot be; CLOSED
   */
  getModelPredictor<Ref extends ModelRefOf<TModels>>(
    ref: Ref,
    options?: { fallback?: boolean },
  ): Promise<ModelPredictor<TypesOfRef<TModels, Ref>>>
  async getModelPredictor(ref: string, options: { fallback?: boolean } = {}): Promise<ModelPredictor> {
    assertKnownOptions('of getModelPredictor', options, { fallback: true })
    const { fallback = true } = options
    if (typeof fallback !== 'boolean') throw wrongOption('fallback', 'true or false', fallback)
    const { name, selector } = parseModelRef(ref)
    await this.initialize()
    return this.#gate.pass((await this.#find(name)).predictor(selector, fallback))
  }

  /**
   * Makes a version or alias the active one: it is warmed, takes the traffic, and what answered before is drained.
   * @throws MODEL_NOT_FOUND; VALIDATION_FAILED where one of the two is no text; load errors, after which the former version
   *   goes on
   */
  async activate(name: string, selector: string): Promise<void> {
    for (const [option, value] of Object.entries({ name, selector }))
      if (typeof value !== 'string') throw wrongOption(`${option} of activate`, 'a text', value)
    await this.initialize()
    await (await this.#find(name)).activate(selector)
  }

  /**
   * Splits the requests to `name` alone over versions, and lets a shadow version see them; it replaces what was set
   * before. Every version named is loaded first.
   * @throws MODEL_NOT_FOUND, VALIDATION_FAILED; load errors, after which nothing has changed
   * @example
   * await registry.route('telco_churn', { traffic: { stable: 90, canary: 10 }, shadow: '2.0.0' })
   */
  async route(name: string, options: RoutingOptions): Promise<void> {
    await this.initialize()
    await (await this.#find(name)).route(options)
  }

  getRegistryHealth(): RegistryHealth {
    return describeRegistry([...this.#models].map(([name, model]) => [name, model.health()]))
  }

  /** Counters and latencies of every model for Prometheus, in its text format 0.0.4. */
  metrics(): string {
    return metricsText(this.getRegistryHealth())
  }

  getPerformanceSummary(): PerformanceSummary {
    return describePerformance(this.getRegistryHealth().models)
  }

  /** Names of all models that were found, failed ones included. */
  listAvailableModels(): string[] {
    return [...this.#models.keys()]
  }

  /** What the active artifact says about itself; null where the model is unknown or not loaded. */
  getModelMetadata(name: string): ArtifactMetadata | null {
    return this.#models.get(name)?.metadata ?? null
  }

  /**
   * Settles every pending call, frees every model and connection; closing twice is fine. Threads and processes that
   * backends compute in are shared by all models of this process: one that holds no model any more ends after 5 seconds,
   * one that hangs when its run's time budget is over. Meanwhile neither keeps this process alive, and both end with it.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #initialize(): Promise<void> {
    const { modelsDir, serving, allowBelowFloor, retryAfterMs, watchIntervalMs } = this.#resolved
    const platform = await withTracing(this.options.platform ?? (await detectPlatform()), serving.tracing)
    const publish = await createPublish()
    const { discoverModelFolders, readArtifactFolder, readModelFolder } = await import('./model-folder.ts')
    const { readServiceEntry } = await import('./read-service-entry.ts')
    const folders = await discoverModelFolders(modelsDir)
    this.#cache ??= await openSharedCache(serving.caching, platform.clock, publish, serving.logger)
    const cache = this.#cache
    const budget = this.#budget
    const context = { serving, platform, publish, cache, budget, allowBelowFloor, retryAfterMs }
    const serve = (folder: ModelFolder): ServedModel => {
      const readEntry = async () => {
        const found = await readModelFolder(modelsDir, folder.name)
        return found && readServiceEntry(found)
      }
      const model = new ServedModel(readServiceEntry(folder), {
        ...context,
        readEntry,
        readArtifact: readArtifactFolder,
      })
      this.#models.set(folder.name, model)
      return model
    }
    this.#discover = async (name) => {
      const folder = await readModelFolder(modelsDir, name)
      // another caller may have found it meanwhile
      if (folder !== undefined) return this.#models.get(name) ?? serve(folder)
    }
    for (const folder of folders) {
      const model = serve(folder)
      if (!this.#gate.isClosed) await model.load()
    }
    serving.logger.info({ modelsDir, models: this.listAvailableModels() }, 'registry initialized')
    if (folders.length === 0) serving.logger.warn({ modelsDir }, 'the models folder holds no model')
    if (watchIntervalMs === undefined || this.#gate.isClosed) return
    const look = () => this.#followFolder(() => discoverModelFolders(modelsDir))
    this.#watch = watchFolder(look, { clock: platform.clock, intervalMs: watchIntervalMs })
  }

  /** A folder that cannot be read for a moment changes nothing. */
  async #followFolder(discover: () => Promise<readonly ModelFolder[]>): Promise<void> {
    try {
      for (const { name } of await discover()) {
        if (this.#gate.isClosed) return
        const known = this.#models.get(name)
        if (known !== undefined) await known.follow()
        else await (await this.#discover?.(name))?.load()
      }
    } catch (error) {
      const { modelsDir, serving } = this.#resolved
      serving.logger.warn({ modelsDir, err: error }, 'cannot follow the models folder')
    }
  }

  /** A model that came after the start is found when it is asked for. */
  async #find(name: string): Promise<ServedModel> {
    this.#gate.assertOpen()
    const model = this.#models.get(name) ?? (await this.#discover?.(name))
    this.#gate.assertOpen()
    if (model !== undefined) return model
    const names = this.listAvailableModels()
    const nearest = nearestName(name, names)
    throw createError(
      'MODEL_NOT_FOUND',
      `no model is called ${name}${nearest === undefined ? '' : `, did you mean ${nearest}`}; there ${names.length === 1 ? 'is' : 'are'}: ${names.join(', ') || 'none'}`,
      { details: { model: name, available: names } },
    )
  }

  async #close(): Promise<void> {
    this.#gate.close(this.#closedError())
    const watching = this.#watch?.close()
    // what waits for a model is settled now; a look at the folder may wait for that itself
    await this.#closeModels()
    await watching
    await this.#initializing?.catch(() => undefined)
    // an initialization under way has ended with its present model
    await this.#closeModels()
    await this.#cache?.close()
  }

  async #closeModels(): Promise<void> {
    await Promise.all([...this.#models.values()].map((model) => model.close()))
  }

  #closedError(): MLError {
    return createError('CLOSED', `the registry of ${this.options.modelsDir} is closed`)
  }
}
