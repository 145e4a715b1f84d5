// Several versions of one model at once: shares of traffic, a shadow, unloading to make room, following the folder.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { convertModel } from '../../converters/index.ts'
import { sha256Hex } from '../../src/artifact/sha256.ts'
import type { Platform } from '../../src/runtime/platform.ts'
import { artifactFiles, heldOut, temporaryModelsDir } from '../helpers/artifacts.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'
import { createRegistry } from '../helpers/registries.ts'

const { rows } = heldOut('telco_churn')

/** Other numbers than 1.0.0's, by some 1e-5: nothing of it is quantized. */
async function exactFiles(version: string): Promise<Record<string, Uint8Array>> {
  const bytes = new Uint8Array(readFileSync(new URL('../../models/telco_churn/model.joblib', import.meta.url)))
  return (await convertModel({ 'model.joblib': bytes }, { name: 'telco_churn', version, quantize: 'none' })).files
}

async function twoVersions() {
  const dir = temporaryModelsDir()
  dir.addVersion('telco_churn', '1.0.0', await artifactFiles('telco_churn', '1.0.0'))
  dir.addVersion('telco_churn', '2.0.0', await exactFiles('2.0.0'))
  dir.addFile('telco_churn', 'service.json', { active: '1.0.0', aliases: { stable: '1.0.0', canary: '2.0.0' } })
  return dir
}

function fakePlatform() {
  const clock = createFakeClock()
  const platform: Platform = { clock, defer: (callback) => void setImmediate(callback), hash: sha256Hex }
  return [platform, clock] as const
}

/** Turns of the event loop until file reads and a load have ended, however busy the machine is. */
async function until(holds: () => boolean): Promise<void> {
  const endsAt = performance.now() + 15_000
  while (performance.now() < endsAt && !holds()) await new Promise((resolve) => setImmediate(resolve))
  expect(holds()).toBe(true)
}

describe('traffic', () => {
  it('goes to versions by their weights, and health tells how each does', async () => {
    const registry = createRegistry(await twoVersions(), { caching: false })
    await registry.route('telco_churn', { traffic: { stable: 3, canary: 1 } })
    const churn = await registry.getModelPredictor('telco_churn')
    const answers = await Promise.all(rows.slice(0, 40).map((row) => churn.predict(row)))
    expect(answers.filter(({ version }) => version === '2.0.0')).toHaveLength(10)
    const { routing } = churn.getHealth()
    expect(routing?.traffic).toEqual([
      { selector: 'stable', weight: 3, version: '1.0.0' },
      { selector: 'canary', weight: 1, version: '2.0.0' },
    ])
    expect(routing?.versions).toMatchObject([
      { version: '1.0.0', requests: 30, errors: 0 },
      { version: '2.0.0', requests: 10, errors: 0 },
    ])
    const named = await registry.getModelPredictor('telco_churn@stable')
    expect(
      new Set((await named.predictBatch(rows.slice(0, 8))).map((entry) => 'version' in entry && entry.version)),
    ).toEqual(new Set(['1.0.0']))
  })

  it('is split by service.json too, and ends with null', async () => {
    const dir = await twoVersions()
    dir.addFile('telco_churn', 'service.json', { active: '1.0.0', traffic: { '1.0.0': 1, '2.0.0': 1 } })
    const registry = createRegistry(dir, { caching: false })
    const churn = await registry.getModelPredictor('telco_churn')
    const versions = async () =>
      (await Promise.all(rows.slice(0, 6).map((row) => churn.predict(row)))).map((p) => p.version)
    expect(await versions()).toEqual(['1.0.0', '2.0.0', '1.0.0', '2.0.0', '1.0.0', '2.0.0'])
    await registry.route('telco_churn', { traffic: null })
    expect(new Set(await versions())).toEqual(new Set(['1.0.0']))
    expect(churn.getHealth().routing).toBeUndefined()
  })

  const wrong: readonly (readonly [string, object, string])[] = [
    ['an unknown version', { traffic: { '9.0.0': 1 } }, 'MODEL_NOT_FOUND'],
    ['a negative weight', { traffic: { stable: -1 } }, 'VALIDATION_FAILED'],
    ['no weight at all', { traffic: { stable: 0 } }, 'VALIDATION_FAILED'],
    ['a misspelt name', { trafic: { stable: 1 } }, 'VALIDATION_FAILED'],
    ['a share of 2', { shadow: { version: 'canary', share: 2 } }, 'VALIDATION_FAILED'],
  ]
  it.each(wrong)('refuses %s, and changes nothing', async (_, options, code) => {
    const registry = createRegistry(await twoVersions(), { caching: false })
    await registry.route('telco_churn', { traffic: { canary: 1 } })
    await expect(registry.route('telco_churn', options)).rejects.toMatchObject({ code })
    const churn = await registry.getModelPredictor('telco_churn')
    expect((await churn.predict(rows[0])).version).toBe('2.0.0')
  })
})

describe('a shadow', () => {
  it('is asked, compared and counted, and never returned', async () => {
    const registry = createRegistry(await twoVersions(), { caching: false })
    await registry.route('telco_churn', { shadow: 'canary' })
    const churn = await registry.getModelPredictor('telco_churn')
    const answers = await Promise.all(rows.slice(0, 50).map((row) => churn.predict(row)))
    expect(answers.every(({ version }) => version === '1.0.0')).toBe(true)
    const shadow = () => churn.getHealth().routing?.shadow
    await until(() => shadow()?.compared === 50)
    expect(shadow()).toMatchObject({ version: '2.0.0', share: 1, labelDifferences: 0, errors: 0, skipped: 0 })
    expect(shadow()?.largestDifference).toBeGreaterThan(0)
    expect(shadow()?.largestDifference).toBeLessThan(1e-3)
  })

  it('sees its share of the requests', async () => {
    const registry = createRegistry(await twoVersions(), { caching: false })
    await registry.route('telco_churn', { shadow: { version: 'canary', share: 0.25 } })
    const churn = await registry.getModelPredictor('telco_churn')
    for (const row of rows.slice(0, 20)) await churn.predict(row)
    await until(() => churn.getHealth().routing?.shadow?.compared === 5)
  })
})

describe('a memory budget', () => {
  it('unloads the least recently used model, and loads it again when it is asked', async () => {
    const dir = temporaryModelsDir()
    dir.addVersion('telco_churn', '1.0.0', await artifactFiles('telco_churn'))
    dir.addVersion('credit_risk', '1.0.0', await artifactFiles('credit_risk'))
    const registry = createRegistry(dir, { memoryBudgetBytes: 1, caching: false })
    const churn = await registry.getModelPredictor('telco_churn')
    const credit = await registry.getModelPredictor('credit_risk')
    const [first] = heldOut('credit_risk').rows
    for (let turn = 0; turn < 3; turn++) {
      expect((await churn.predict(rows[0])).source).toBe('model')
      expect(credit.getHealth()).toMatchObject({ isAsleep: true, status: 'healthy', version: '1.0.0' })
      expect(credit.schema?.features.length).toBeGreaterThan(0)
      const [entry] = await credit.predictBatch([first])
      expect(entry).toMatchObject({ source: 'model', model: 'credit_risk' })
      expect(churn.getHealth().isAsleep).toBe(true)
    }
  })

  it('gives each row of a batch that wakes a model its deadline, which waking is a part of', async () => {
    const dir = temporaryModelsDir()
    dir.addVersion('telco_churn', '1.0.0', await artifactFiles('telco_churn'))
    dir.addVersion('credit_risk', '1.0.0', await artifactFiles('credit_risk'))
    const registry = createRegistry(dir, { memoryBudgetBytes: 1, caching: false })
    const credit = await registry.getModelPredictor('credit_risk')
    await registry.getModelPredictor('telco_churn')
    expect(credit.getHealth().isAsleep).toBe(true)
    const many = heldOut('credit_risk').rows.slice(0, 3)
    const entries = await credit.predictBatch(many, { timeoutMs: 0.01 })
    expect(entries).toMatchObject(new Array(3).fill({ code: 'DEADLINE_EXCEEDED' }))
    await expect(credit.predictBatch(many, { signal: AbortSignal.abort('left') })).rejects.toBe('left')
  })

  it('answers concurrent callers of a sleeping model with one load', async () => {
    const dir = temporaryModelsDir()
    dir.addVersion('telco_churn', '1.0.0', await artifactFiles('telco_churn'))
    dir.addVersion('credit_risk', '1.0.0', await artifactFiles('credit_risk'))
    const messages: string[] = []
    const note = (_: object, message: string): void => void messages.push(message)
    const logger = { debug: note, info: note, warn: note, error: note }
    const registry = createRegistry(dir, { memoryBudgetBytes: 1, logger })
    const credit = await registry.getModelPredictor('credit_risk')
    await registry.getModelPredictor('telco_churn')
    expect(credit.getHealth().isAsleep).toBe(true)
    messages.length = 0
    const [first] = heldOut('credit_risk').rows
    const answers = await Promise.all(Array.from({ length: 20 }, () => credit.predict(first, { timeoutMs: 60_000 })))
    expect(new Set(answers.map(({ model }) => model))).toEqual(new Set(['credit_risk']))
    expect(messages.filter((message) => message === 'model loaded')).toHaveLength(1)
  })

  it('refuses a budget that is no number above 0', () => {
    expect(() => createRegistry(temporaryModelsDir(), { memoryBudgetBytes: 0 })).toThrow(
      expect.objectContaining({ code: 'VALIDATION_FAILED' }),
    )
  })
})

describe('watching the models folder', () => {
  it('takes over a higher version, a moved alias and a new model, and drains what answered before', async () => {
    const dir = temporaryModelsDir()
    dir.addVersion('telco_churn', '1.0.0', await artifactFiles('telco_churn'))
    const [platform, clock] = fakePlatform()
    const registry = createRegistry(dir, { platform, watch: { intervalMs: 500 } })
    const churn = await registry.getModelPredictor('telco_churn')
    expect(churn.version).toBe('1.0.0')
    dir.addVersion('telco_churn', '1.1.0', await artifactFiles('telco_churn', '1.1.0'))
    dir.addVersion('credit_risk', '1.0.0', await artifactFiles('credit_risk'))
    clock.advance(499)
    expect(clock.pendingTimers).toBe(1)
    clock.advance(1)
    await until(() => churn.version === '1.1.0' && registry.listAvailableModels().includes('credit_risk'))
  })

  it('goes on with the former version while a new one is half copied, and takes it once it is whole', async () => {
    const dir = temporaryModelsDir()
    dir.addVersion('telco_churn', '1.0.0', await artifactFiles('telco_churn'))
    const [platform, clock] = fakePlatform()
    const registry = createRegistry(dir, { platform, watch: { intervalMs: 500 }, retryAfterMs: 1_000 })
    const churn = await registry.getModelPredictor('telco_churn')
    const files = await artifactFiles('telco_churn', '1.1.0')
    dir.addVersion('telco_churn', '1.1.0', { 'model.json': files['model.json'] })
    clock.advance(500)
    await until(() => clock.pendingTimers === 1)
    expect(churn.version).toBe('1.0.0')
    dir.addVersion('telco_churn', '1.1.0', files)
    for (let look = 0; look < 3 && churn.version === '1.0.0'; look++) {
      clock.advance(1_000)
      await until(() => clock.pendingTimers === 1)
    }
    expect(churn.version).toBe('1.1.0')
  })

  it('leaves what was activated by hand until the folder means something else', async () => {
    const dir = await twoVersions()
    const [platform, clock] = fakePlatform()
    const registry = createRegistry(dir, { platform, watch: { intervalMs: 500 } })
    const churn = await registry.getModelPredictor('telco_churn')
    await registry.activate('telco_churn', '2.0.0')
    clock.advance(500)
    await until(() => clock.pendingTimers === 1)
    expect(churn.version).toBe('2.0.0')
  })

  it('ends with close', async () => {
    const dir = await twoVersions()
    const [platform, clock] = fakePlatform()
    const registry = createRegistry(dir, { platform, watch: true })
    await registry.initialize()
    await registry.close()
    expect(clock.pendingTimers).toBe(0)
  })
})

describe('metrics', () => {
  it('are the counters of every model, as Prometheus reads them', async () => {
    const registry = createRegistry(await twoVersions(), { caching: false })
    const churn = await registry.getModelPredictor('telco_churn')
    await churn.predictBatch(rows.slice(0, 7))
    expect(registry.metrics()).toContain('nv_inference_count{model="telco_churn",version="1.0.0"} 7\n')
  })
})
