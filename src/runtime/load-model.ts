// One artifact in, a predictor without a registry out.

import { createRequestLog } from '../observe/request-log.ts'
import { createModelStats } from '../observe/stats.ts'
import { createFallback, type Fallback } from '../resilience/fallback.ts'
import type { ModelTypes } from './model-types.ts'
import { type LoadModelOptions, resolveLoadModelOptions } from './options.ts'
import { withTracing } from './open-telemetry.ts'
import { detectPlatform } from './platform.ts'
import { ModelPredictor } from './predictor.ts'
import { createPublish } from './publish.ts'
import { openSharedCache } from './shared-cache.ts'
import { startEngine, type StartEngineOptions } from './start-engine.ts'

/**
 * Loads one artifact.
 * @param source path of a folder that convert has written, or its files by name
 * @typeParam TTypes rows and predictions of the model, as its `features.d.ts` has them
 * @throws MODEL_LOAD_FAILED, CHECKSUM_MISMATCH, VERSION_INCOMPATIBLE, VALIDATION_FAILED, ACCURACY_BELOW_FLOOR or
 *   BACKEND_UNAVAILABLE
 * @example
 * const model = await loadModel('artifacts/telco_churn')
 * const { label, probabilities } = await model.predict(row)
 */
export function loadModel<TTypes extends ModelTypes = ModelTypes>(
  source: string | Readonly<Record<string, Uint8Array>>,
  options: LoadModelOptions = {},
): Promise<ModelPredictor<TTypes>> {
  // TTypes says what the caller knows of the artifact, and nothing at run time depends on it
  return loadExpected(source, options, {}) as Promise<ModelPredictor<TTypes>>
}

/** As `loadModel`, where a models folder says what the artifact must be. */
export async function loadExpected(
  source: string | Readonly<Record<string, Uint8Array>>,
  options: LoadModelOptions,
  { expected, config = {} }: Pick<StartEngineOptions, 'expected' | 'config'>,
): Promise<ModelPredictor> {
  const serving = resolveLoadModelOptions(options)
  const platform = await withTracing(options.platform ?? (await detectPlatform()), serving.tracing)
  const publish = await createPublish()
  const stats = createModelStats({ clock: platform.clock })
  const where = typeof source === 'string' ? source : 'the artifact'
  const files =
    typeof source === 'string' ? await (await import('./model-folder.ts')).readArtifactFolder(source) : source
  const { accuracyFloor, fallback: ruleName } = options
  const engine = await startEngine(files, {
    where,
    serving,
    platform,
    stats,
    publish,
    ...(expected === undefined ? {} : { expected }),
    config: accuracyFloor === undefined ? config : { ...config, accuracyFloor },
  })
  const cache = await openSharedCache(serving.caching, platform.clock, publish, serving.logger)
  let fallback: Fallback | undefined
  if (ruleName !== undefined) {
    const rule = serving.rules.require(ruleName, engine.name)
    fallback = createFallback({
      model: engine.name,
      version: engine.version,
      ruleName,
      rule,
      schema: engine.schema,
      publish,
    })
  }
  return new ModelPredictor({
    name: engine.name,
    state: () => ({ kind: 'loaded', engine }),
    fallbackFor: () => fallback,
    cache,
    stats,
    log: createRequestLog({ ...serving, model: engine.name, clock: platform.clock }),
    platform,
    publish,
    onClose: async () => {
      await engine.close()
      await cache?.close()
    },
  })
}
