// Options that somebody misspelt, left null or gave as text: named, with what was meant, and never taken for a default.
import { describe, expect, it } from 'vitest'
import { loadModel } from '../../src/runtime/load-model.ts'
import { MLServiceRegistry } from '../../src/runtime/registry.ts'
import { initializeMLRegistry } from '../../src/runtime/shared-registry.ts'
import { checkedRouting } from '../../src/runtime/routing.ts'
import { parseServiceConfig } from '../../src/runtime/service-config.ts'
import { tinyFiles } from '../helpers/tiny-models.ts'

const invalid = (...texts: string[]) =>
  expect.objectContaining({
    code: 'VALIDATION_FAILED',
    message: expect.stringMatching(
      new RegExp(texts.map((text) => text.replace(/[.?*+^$[\]\\(){}|]/g, '\\$&')).join('.*'), 's'),
    ),
  })

type Wrong = readonly [options: unknown, texts: readonly string[]]

const shared: readonly Wrong[] = [
  [{ fallbak: {} }, ['fallbak', 'did you mean fallback']],
  [{ cache: false }, ['cache', 'there is no such option']],
  [{ batchin: false }, ['batchin', 'did you mean batching?']],
  [{ batching: { maxrows: 5 } }, ['batching.maxrows', 'did you mean maxRows?']],
  [{ batching: null }, ['batching', 'got null']],
  [{ batching: { maxRows: '2' } }, ['batching.maxRows', 'got "2"']],
  [{ caching: { ttlMS: 5 } }, ['caching.ttlMS', 'did you mean ttlMs?']],
  [{ caching: { ttlMs: '2' } }, ['caching.ttlMs', 'got "2"']],
  [{ caching: null }, ['caching', 'got null']],
  [{ breaker: { failureTreshold: 5 } }, ['breaker.failureTreshold', 'did you mean failureThreshold?']],
  [{ breaker: { openMs: '2' } }, ['openMs', 'got "2"']],
  [{ breaker: [] }, ['breaker', 'expected an object']],
  [{ execution: { worker: 2 } }, ['execution.worker', 'did you mean workers?']],
  [{ execution: { workers: '2' } }, ['execution.workers', 'got "2"']],
  [{ execution: null }, ['execution', 'got null']],
  [{ backendOptions: null }, ['backendOptions', 'got null']],
  [{ backendOptions: { native: { intraOpThreads: '2' } } }, ['backendOptions.native.intraOpThreads', 'got "2"']],
  [{ timeBudgetMs: '2' }, ['timeBudgetMs', 'got "2"']],
  [{ backend: 'gpu' }, ['backend', 'got "gpu"']],
]

describe('options that cannot be', () => {
  it.each(shared)('are refused by loadModel: %j', async (options, texts) => {
    await expect(loadModel(tinyFiles('1.0.0'), options as never)).rejects.toEqual(invalid(...texts))
  })

  it.each<Wrong>([
    ...shared,
    [{ modelDir: 'models' }, ['modelDir', 'did you mean modelsDir?']],
    [{ accuracyFloor: 0.9 }, ['accuracyFloor', 'there is no such option']],
    [{ watch: { interval: 5 } }, ['watch.interval', 'did you mean intervalMs?']],
    [{ watch: { intervalMs: '2' } }, ['watch.intervalMs', 'got "2"']],
    [{ memoryBudgetByte: 5 }, ['memoryBudgetByte', 'did you mean memoryBudgetBytes?']],
  ])('are refused by a registry: %j', (options, texts) => {
    expect(() => new MLServiceRegistry({ modelsDir: 'models', ...(options as object) } as never)).toThrow(
      invalid(...texts),
    )
  })

  it('are refused by the shared registry, which then is not made', async () => {
    await expect(initializeMLRegistry({ modelsDir: 'models', wach: true } as never)).rejects.toEqual(
      invalid('wach', 'did you mean watch?'),
    )
  })

  it.each<Wrong>([
    [{ modelsDir: 'models' }, ['modelsDir']],
    [null, ['expected an object, got null']],
    ['wasm', ['expected an object, got "wasm"']],
  ])('are refused by loadModel alone: %j', async (options, texts) => {
    await expect(loadModel(tinyFiles('1.0.0'), options as never)).rejects.toEqual(invalid(...texts))
  })

  it.each<Wrong>([
    [{ trafic: { stable: 1 } }, ['trafic', 'did you mean traffic?']],
    [{ shadow: { versions: '1.0.0' } }, ['shadow.versions', 'did you mean version?']],
    [{ shadow: { version: '1.0.0', share: '1' } }, ['shadow.share', 'got "1"']],
    [{ traffic: 'stable' }, ['traffic', 'got "stable"']],
    [{ traffic: { stable: '9' } }, ['traffic.stable', 'got "9"']],
    [null, ['got null']],
  ])('are refused by route: %j', (options, texts) => {
    expect(() => checkedRouting('churn', options as never)).toThrow(invalid(...texts))
  })

  it.each<Wrong>([
    [{ fallbak: 'rule' }, ['fallbak', 'did you mean fallback?']],
    [{ latencyTargetMS: 5 }, ['latencyTargetMS', 'did you mean latencyTargetMs?']],
    [{ accuracyflor: 0.9, aliase: {} }, ['did you mean accuracyFloor?', 'did you mean aliases?']],
    [{ shadow: { version: '1.0.0', shares: 1 } }, ['shadow.shares', 'did you mean share?']],
    [{ schema: { features: [], output: [], outputs: [] } }, ['schema.output', 'did you mean outputs?']],
    [
      { schema: { features: [{ name: 'a', dtype: 'number', categorys: [] }], outputs: [] } },
      ['schema.features.0.categorys', 'did you mean categories?'],
    ],
  ])('are refused in service.json: %j', (config, texts) => {
    expect(() => parseServiceConfig(JSON.stringify(config), 'churn/service.json')).toThrow(
      invalid('churn/service.json', ...texts),
    )
  })
})
