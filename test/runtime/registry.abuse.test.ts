import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RegistryOptions } from '../../src/runtime/options.ts'
import { MLServiceRegistry } from '../../src/runtime/registry.ts'
import { artifactFiles, heldOut } from '../helpers/artifacts.ts'
import { createRegistry, telcoDir } from '../helpers/registries.ts'

const { rows } = heldOut('telco_churn')

describe('a models folder with something wrong in it', () => {
  it('serves the others where a file is longer than Node reads', async () => {
    const dir = await telcoDir()
    dir.addVersion('credit_risk', '1.0.0', await artifactFiles('credit_risk'))
    const file = join(dir.path, 'credit_risk/versions/1.0.0/stray.bin')
    writeFileSync(file, '')
    truncateSync(file, 3 * 1024 ** 3) // sparse: takes no room
    const registry = createRegistry(dir)
    await expect(registry.getModelPredictor('telco_churn')).resolves.toBeDefined()
    await expect(registry.getModelPredictor('credit_risk')).rejects.toMatchObject({ code: 'MODEL_LOAD_FAILED' })
  })

  it.each([
    ['names a feature twice', { name: 'a', dtype: 'number' }],
    ['has texts without their categories', { name: 'b', dtype: 'string' }],
  ])('tells of a schema that %s as that model’s error', async (_, feature) => {
    const dir = await telcoDir()
    const schema = { features: [{ name: 'a', dtype: 'number' }, feature], outputs: ['label'] }
    dir.addFile('odd', 'service.json', { schema, fallback: 'rule' })
    const registry = createRegistry(dir)
    await registry.initialize()
    const { models } = registry.getRegistryHealth()
    expect(models['telco_churn'].status).toBe('healthy')
    expect(models['odd']).toMatchObject({ status: 'unhealthy', error: { code: 'VALIDATION_FAILED' } })
  })

  it('still answers by a rule of the user where rule.json is broken', async () => {
    const dir = await telcoDir()
    dir.addFile('telco_churn', 'rule.json', '{')
    const registry = createRegistry(dir, { fallbacks: { telco_churn_rule: () => ({ label: 'no' }) } })
    const churn = await registry.getModelPredictor('telco_churn')
    expect(await churn.predict(rows[0])).toMatchObject({ source: 'fallback', reason: 'VALIDATION_FAILED' })
  })

  it('warns of a fallback that nobody gives, before it is needed', async () => {
    const dir = await telcoDir()
    dir.addFile('telco_churn', 'service.json', { fallback: 'telco_chum_rule' })
    const warnings: unknown[] = []
    const silent = (): void => undefined
    const warn = (facts: object): void => void warnings.push(facts)
    const registry = createRegistry(dir, { logger: { debug: silent, info: silent, warn, error: silent } })
    await registry.initialize()
    expect(warnings).toEqual([{ model: 'telco_churn', fallback: 'telco_chum_rule' }])
  })
})

describe('a rule without artifact and schema', () => {
  async function churnByRule() {
    const dir = await telcoDir()
    dir.remove('telco_churn/versions')
    dir.addFile('telco_churn', 'service.json', { fallback: 'telco_churn_rule' })
    return createRegistry(dir).getModelPredictor('telco_churn')
  }

  it.each([null, undefined, 5, 'text', new Map(), new Date()])(
    'does not answer for %o, which is no row',
    async (row) => {
      const churn = await churnByRule()
      await expect(churn.predict(row as never)).rejects.toMatchObject({ code: 'INPUT_INVALID' })
      expect(await churn.predictBatch([rows[0], row as never])).toMatchObject([
        { source: 'fallback' },
        { code: 'INPUT_INVALID', details: { row: 1 } },
      ])
    },
  )

  it('does not take an array for a row of which nothing is known', async () => {
    const churn = await churnByRule()
    await expect(churn.predict(Object.values(rows[0]))).rejects.toMatchObject({
      message: expect.stringMatching(/values without names.*service\.json/),
    })
  })
})

describe('options of a registry', () => {
  it.each([
    ['fallbacks', { fallbacks: null }],
    ['logger', { logger: null }],
    ['breaker', { breaker: null }],
    ['failureThreshold', { breaker: { failureThreshold: 0 } }],
    ['openMs', { breaker: { openMs: -1 } }],
    ['memoryBudgetBytes', { memoryBudgetBytes: '1' }],
    ['memoryBudgetBytes', { memoryBudgetBytes: NaN }],
    ['watch', { watch: 'yes' }],
    ['watch', { watch: null }],
    ['watch', { watch: { interval: 5 } }],
    ['watch.intervalMs', { watch: { intervalMs: -1 } }],
  ])('that cannot be are refused by the constructor: %s', (option, options) => {
    expect(
      () => new MLServiceRegistry({ modelsDir: 'models', ...(options as unknown as Partial<RegistryOptions>) }),
    ).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED', message: expect.stringContaining(option) }))
  })
})

describe('a closed registry', () => {
  it('is unhealthy, since not even its rules answer', async () => {
    const registry = createRegistry(await telcoDir())
    const churn = await registry.getModelPredictor('telco_churn')
    await registry.close()
    expect(registry.getRegistryHealth().status).toBe('unhealthy')
    expect(churn.getHealth().status).toBe('unhealthy')
    await expect(churn.predict(rows[0])).rejects.toMatchObject({ code: 'CLOSED' })
  })
})
