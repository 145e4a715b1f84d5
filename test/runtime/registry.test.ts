import { describe, expect, it } from 'vitest'
import { isMLError, type MLError, ModelLoadError, ModelNotFoundError } from '../../src/errors.ts'
import type { RegistryOptions } from '../../src/runtime/options.ts'
import { MLServiceRegistry } from '../../src/runtime/registry.ts'
import { getMLRegistry, initializeMLRegistry } from '../../src/runtime/shared-registry.ts'
import { artifactFiles, heldOut, temporaryModelsDir } from '../helpers/artifacts.ts'
import { settleMicrotasks } from '../helpers/hand-driven-model.ts'
import { createRegistry, telcoDir } from '../helpers/registries.ts'

const { rows, expected } = heldOut('telco_churn')

async function failure(promise: Promise<unknown>): Promise<MLError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!isMLError(error)) throw new Error(`expected an MLError, got ${String(error)}`)
  return error
}

describe('MLServiceRegistry', () => {
  it('finds, loads and checks the models of a folder, and answers as the source did', async () => {
    const registry = createRegistry(await telcoDir())
    const churn = await registry.getModelPredictor('telco_churn')
    const one = await churn.predict(rows[0])
    expect(one).toMatchObject({ model: 'telco_churn', version: '1.0.0', source: 'model', label: expected.predict[0] })
    expect(registry.listAvailableModels()).toEqual(['telco_churn'])
    expect(registry.getModelMetadata('telco_churn')?.evaluation?.accuracy).toBeGreaterThanOrEqual(0.95)
    expect(registry.getModelMetadata('nobody')).toBeNull()
    const health = registry.getRegistryHealth()
    expect(health.status).toBe('healthy')
    expect(health.models['telco_churn'].backend?.picked).toBe('kernel')
    expect(registry.getPerformanceSummary()).toMatchObject({
      totalPredictions: 1,
      models: { telco_churn: { totalPredictions: 1, errorRate: 0, isTargetMet: expect.any(Boolean) } },
    })
  })

  it('initializes once for concurrent first calls', async () => {
    const messages: string[] = []
    const note = (_: object, message: string): void => void messages.push(message)
    const logger = { debug: note, info: note, warn: note, error: note }
    const registry = createRegistry(await telcoDir(), { logger })
    const predictors = await Promise.all(Array.from({ length: 50 }, () => registry.getModelPredictor('telco_churn')))
    await Promise.all(predictors.map((predictor, i) => predictor.predict(rows[i])))
    expect(messages.filter((message) => message === 'model loaded')).toHaveLength(1)
    expect(messages.filter((message) => message === 'registry initialized')).toHaveLength(1)
  })

  it('serves the others where one model is broken, and lists the broken one with its error', async () => {
    const dir = await telcoDir()
    const files = await artifactFiles('credit_risk')
    const shard = Object.keys(files).find((name) => name.endsWith('.bin')) as string
    files[shard][7] ^= 0xff
    dir.addVersion('credit_risk', '1.0.0', files)
    dir.addFile('odd', 'service.json', '{"latencyTargetMs": "fast"}')
    const registry = createRegistry(dir)
    await expect(registry.getModelPredictor('telco_churn')).resolves.toBeDefined()
    const { status, models } = registry.getRegistryHealth()
    expect(status).toBe('degraded')
    expect(models['credit_risk']).toMatchObject({ status: 'unhealthy', error: { code: 'CHECKSUM_MISMATCH' } })
    expect(models['odd']).toMatchObject({ status: 'unhealthy', error: { code: 'VALIDATION_FAILED' } })
    const error = await failure(registry.getModelPredictor('credit_risk'))
    expect(error).toBeInstanceOf(ModelLoadError)
    expect(error).toMatchObject({ code: 'CHECKSUM_MISMATCH', fallbackAvailable: false })
  })

  it('is unhealthy with zero usable models', async () => {
    const registry = createRegistry(temporaryModelsDir())
    await registry.initialize()
    expect(registry.getRegistryHealth()).toMatchObject({ status: 'unhealthy', modelCount: 0 })
  })

  it('answers by the rule where the artifact is gone, marked as such and never from the cache', async () => {
    const dir = await telcoDir()
    dir.remove('telco_churn/versions')
    const registry = createRegistry(dir)
    const churn = await registry.getModelPredictor('telco_churn')
    for (let pass = 0; pass < 2; pass++)
      expect(await churn.predict(rows[0], { useCache: true })).toMatchObject({
        model: 'telco_churn',
        version: null,
        source: 'fallback',
        rule: 'telco_churn_rule',
        reason: 'MODEL_LOAD_FAILED',
        label: 'no',
      })
    expect(churn.getHealth()).toMatchObject({ status: 'degraded', fallback: 'telco_churn_rule' })
    const error = await failure(registry.getModelPredictor('telco_churn', { fallback: false }))
    expect(error).toBeInstanceOf(ModelLoadError)
    expect(error).toMatchObject({ code: 'MODEL_LOAD_FAILED', fallbackAvailable: true })
  })

  it('reads rows by the schema of service.json where there is no artifact, misspelt ones refused', async () => {
    const dir = temporaryModelsDir()
    dir.addService('telco_churn')
    const churn = await createRegistry(dir).getModelPredictor('telco_churn')
    const { state, ...rest } = rows[0]
    await expect(churn.predict({ ...rest, State: state })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('did you mean your State'),
    })
    expect(await churn.predict(Object.values(rows[0]))).toMatchObject({ source: 'fallback', label: 'no' })
  })

  it("prefers a user's rule of the name that service.json gives", async () => {
    const dir = temporaryModelsDir()
    dir.addService('telco_churn')
    const registry = createRegistry(dir, { fallbacks: { telco_churn_rule: () => ({ label: 'yes' }) } })
    const churn = await registry.getModelPredictor('telco_churn')
    expect(await churn.predict(rows[0])).toMatchObject({ source: 'fallback', label: 'yes' })
  })

  it('says what there is when a name, version or alias is unknown', async () => {
    const registry = createRegistry(await telcoDir())
    const unknown = await failure(registry.getModelPredictor('telco_chrun'))
    expect(unknown).toBeInstanceOf(ModelNotFoundError)
    expect(unknown).toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: expect.stringContaining('did you mean telco_churn'),
    })
    const version = await failure(registry.getModelPredictor('telco_churn@9.9.9'))
    expect(version).toMatchObject({ code: 'MODEL_NOT_FOUND', message: expect.stringContaining('1.0.0') })
    expect((await failure(registry.getModelPredictor('a@b@c'))).code).toBe('INPUT_INVALID')
  })

  it('takes the highest version, a named one, or an alias', async () => {
    const dir = await telcoDir()
    for (const version of ['1.9.0', '1.10.0'])
      dir.addVersion('telco_churn', version, await artifactFiles('telco_churn', version, true))
    dir.addFile('telco_churn', 'service.json', { aliases: { stable: '1.9.0' } })
    const registry = createRegistry(dir)
    const versionOf = async (ref: string): Promise<string | null> =>
      (await (await registry.getModelPredictor(ref)).predict(rows[0])).version
    expect(await versionOf('telco_churn')).toBe('1.10.0')
    expect(await versionOf('telco_churn@1.0.0')).toBe('1.0.0')
    expect(await versionOf('telco_churn@stable')).toBe('1.9.0')
  })

  it('swaps versions under traffic without a failed or mixed answer', async () => {
    const dir = await telcoDir()
    dir.addVersion('telco_churn', '2.0.0', await artifactFiles('telco_churn', '2.0.0', true))
    dir.addFile('telco_churn', 'service.json', { active: '1.0.0' })
    const registry = createRegistry(dir, { caching: false })
    const churn = await registry.getModelPredictor('telco_churn')
    const before = rows.slice(0, 200).map((row) => churn.predict(row))
    const swap = registry.activate('telco_churn', '2.0.0')
    expect(new Set((await Promise.all(before)).map(({ version }) => version))).toEqual(new Set(['1.0.0']))
    await swap
    expect((await churn.predict(rows[0])).version).toBe('2.0.0')
    const failed = await failure(registry.activate('telco_churn', '3.0.0'))
    expect(failed.code).toBe('MODEL_NOT_FOUND')
    expect((await churn.predict(rows[0])).version).toBe('2.0.0')
  })

  it.each([
    ['a folder of another version', { version: '1.0.1' }, 'VALIDATION_FAILED'],
    ['a floor above the measured accuracy', { service: { accuracyFloor: 0.99 } }, 'ACCURACY_BELOW_FLOOR'],
    ['another schema', { service: { schema: { features: [], outputs: [] } } }, 'VALIDATION_FAILED'],
    ['a name that is not its folder', { service: { name: 'churn' } }, 'VALIDATION_FAILED'],
  ])('refuses %s', async (_, { version = '1.0.0', service }: { version?: string; service?: object }, code) => {
    const dir = temporaryModelsDir()
    dir.addVersion('telco_churn', version, await artifactFiles('telco_churn', '1.0.0', true))
    if (service !== undefined) dir.addFile('telco_churn', 'service.json', service)
    expect((await failure(createRegistry(dir).getModelPredictor('telco_churn'))).code).toBe(code)
  })

  it('serves below the floor where that is allowed explicitly', async () => {
    const dir = await telcoDir()
    dir.addFile('telco_churn', 'service.json', { accuracyFloor: 0.99 })
    const registry = createRegistry(dir, { allowBelowFloor: true })
    expect((await (await registry.getModelPredictor('telco_churn')).predict(rows[0])).source).toBe('model')
  })

  it('loads a model that was mended once its back-off has passed', async () => {
    const dir = temporaryModelsDir()
    dir.addFile('telco_churn', 'service.json', {})
    dir.addVersion('telco_churn', '1.0.0', { 'model.json': new TextEncoder().encode('{') })
    const registry = createRegistry(dir, { retryAfterMs: 1e-3 })
    await failure(registry.getModelPredictor('telco_churn'))
    dir.addVersion('telco_churn', '1.0.0', await artifactFiles('telco_churn'))
    expect((await (await registry.getModelPredictor('telco_churn')).predict(rows[0])).source).toBe('model')
  })

  it('finds versions and models that came after the start', async () => {
    const dir = await telcoDir()
    const registry = createRegistry(dir)
    const churn = await registry.getModelPredictor('telco_churn')
    dir.addVersion('telco_churn', '2.0.0', await artifactFiles('telco_churn', '2.0.0', true))
    dir.addVersion('credit_risk', '1.0.0', await artifactFiles('credit_risk'))
    expect((await churn.predict(rows[0])).version).toBe('1.0.0')
    await registry.activate('telco_churn', '2.0.0')
    expect((await churn.predict(rows[0])).version).toBe('2.0.0')
    expect((await registry.getModelPredictor('credit_risk')).version).toBe('1.0.0')
    expect(registry.listAvailableModels()).toEqual(['telco_churn', 'credit_risk'])
    expect((await failure(registry.getModelPredictor('../telco_churn'))).code).toBe('MODEL_NOT_FOUND')
  })

  it('serves a model again whose artifact came back', async () => {
    const dir = await telcoDir()
    dir.remove('telco_churn/versions')
    const registry = createRegistry(dir, { retryAfterMs: 1e-3 })
    const churn = await registry.getModelPredictor('telco_churn')
    expect((await churn.predict(rows[0])).source).toBe('fallback')
    dir.addVersion('telco_churn', '1.0.0', await artifactFiles('telco_churn', '1.0.0', true))
    // each of these answers is the rule's until the load that one of them has begun in the background is done
    while ((await churn.predict(rows[0])).source === 'fallback') await settleMicrotasks()
    expect(churn.getHealth().version).toBe('1.0.0')
  })

  it('settles everything on close, and refuses afterwards', async () => {
    const registry = createRegistry(await telcoDir(), { backend: 'wasm' })
    const churn = await registry.getModelPredictor('telco_churn')
    const pending = churn.predict(rows[0], { useCache: false })
    const settled = Promise.allSettled([pending])
    await registry.close()
    await registry.close()
    const [outcome] = await settled
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'CLOSED' } })
    expect((await failure(churn.predict(rows[0]))).code).toBe('CLOSED')
    expect((await failure(registry.getModelPredictor('telco_churn'))).code).toBe('CLOSED')
  })

  it('names a models folder that cannot be read', async () => {
    const error = await failure(new MLServiceRegistry({ modelsDir: '/nowhere/at/all' }).initialize())
    expect(error).toMatchObject({ code: 'MODEL_LOAD_FAILED', message: expect.stringContaining('/nowhere/at/all') })
  })

  it.each([
    [{ backend: 'gpu' }, 'backend'],
    [{ batching: { maxRows: 0 } }, 'maxRows'],
    [{ timeBudgetMs: -1 }, 'timeBudgetMs'],
    [{ fallbacks: { a: 1 } }, 'fallbacks'],
    [{ modelsDir: undefined }, 'modelsDir'],
  ])('refuses the options %j', (options, name) => {
    expect(() => new MLServiceRegistry({ modelsDir: 'models', ...options } as unknown as RegistryOptions)).toThrowError(
      expect.objectContaining({ code: 'VALIDATION_FAILED', message: expect.stringContaining(name) }),
    )
  })

  it.each(['cuda', 'webgpu', 'native'] as const)('says how to go on without the backend %s', async (backend) => {
    const error = await failure(
      createRegistry(await telcoDir(), { backend }).getModelPredictor('telco_churn', { fallback: false }),
    )
    expect(error).toMatchObject({ code: 'BACKEND_UNAVAILABLE', message: expect.stringContaining(backend) })
  })
})

describe('the shared registry', () => {
  it('is made once, found by everyone, and made anew after it was closed', async () => {
    expect(() => getMLRegistry()).toThrowError(expect.objectContaining({ code: 'VALIDATION_FAILED' }))
    const { path } = await telcoDir()
    const [first, second] = await Promise.all([
      initializeMLRegistry({ modelsDir: path }),
      initializeMLRegistry({ modelsDir: path }),
    ])
    expect(second).toBe(first)
    expect(getMLRegistry()).toBe(first)
    const other = await failure(initializeMLRegistry({ modelsDir: path, batching: false }))
    expect(other.code).toBe('ALREADY_INITIALIZED')
    await first.close()
    const third = await initializeMLRegistry({ modelsDir: path, batching: false })
    expect(third).not.toBe(first)
    await third.close()
  })
})
