// What goes wrong around a model as its users meet it: rows, loggers, rules, folders and options that cannot be.

import { describe, expect, it } from 'vitest'
import { loadModel } from '../../src/runtime/load-model.ts'
import { writeFileSync } from 'node:fs'
import { artifactFiles, heldOut, temporaryModelsDir } from '../helpers/artifacts.ts'
import { createRegistry } from '../helpers/registries.ts'

const credit = heldOut('credit_risk').rows
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

describe('a row beyond float32', () => {
  it.each(['wasm', 'cpu'] as const)('fails alone on %s, and closes the model to nobody', async (backend) => {
    const model = await loadModel(await artifactFiles('credit_risk'), { backend, caching: false })
    for (let i = 0; i < 8; i++)
      for (const Seniority of [1e41, 1e300])
        await expect(model.predict({ ...credit[1], Seniority })).rejects.toMatchObject({ code: 'EXECUTION_FAILED' })
    const [bad, good] = await model.predictBatch([{ ...credit[1], Seniority: -1e300 }, credit[0]])
    expect(bad).toMatchObject({ code: 'EXECUTION_FAILED' })
    expect(good).toMatchObject({ source: 'model' })
    expect(model.getHealth().breaker).toBe('closed')
    await model.close()
  })
})

describe('a logger that throws', () => {
  it('costs no answer and no load', async () => {
    const boom = (): never => {
      throw new Error('the log is closed')
    }
    const logger = { debug: boom, info: boom, warn: boom, error: boom }
    const model = await loadModel(await artifactFiles('credit_risk'), { logger })
    await expect(model.predict({ ...credit[0], Seniority: 'x' })).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    const [bad, good] = await model.predictBatch([{ ...credit[0], Seniority: 'x' }, credit[0]])
    expect(bad).toMatchObject({ code: 'INPUT_INVALID' })
    expect(good).toMatchObject({ source: 'model' })
    await model.close()
  })
})

describe('a rule that never answers', () => {
  const never = () => new Promise<never>(() => {})

  it('holds no caller beyond the close of its model', async () => {
    const fallbacks = { crm: never }
    const options = { caching: false, fallback: 'crm', fallbacks } as const
    const model = await loadModel(await artifactFiles('credit_risk'), options)
    const waiting = expect(model.predict({ ...credit[1], Seniority: 1e41 })).rejects.toMatchObject({ code: 'CLOSED' })
    await new Promise((resolve) => setImmediate(resolve))
    await model.close()
    await waiting
  })

  it('holds no caller beyond the close of its registry', async () => {
    const dir = temporaryModelsDir()
    dir.addFile('ghost', 'service.json', { fallback: 'crm' })
    const registry = createRegistry(dir, { fallbacks: { crm: never } })
    const ghost = await registry.getModelPredictor('ghost')
    const waiting = [ghost.predict({ x: 1 }), ghost.predictBatch([{ x: 1 }])].map((call) =>
      expect(call).rejects.toMatchObject({ code: 'CLOSED' }),
    )
    await new Promise((resolve) => setImmediate(resolve))
    await registry.close()
    await Promise.all(waiting)
  })
})

describe('a watched folder that says what cannot be', () => {
  it.each([
    ['is not JSON', '{ "aliases": {}, }', /not JSON/],
    ['names a version that is not there', '{ "active": "6.6.6" }', /6\.6\.6/],
    ['has a name that nobody knows', '{ "aktive": "1.0.0" }', /aktive/],
  ])('is told once and in health where service.json %s, until it is mended', async (_, text, expected) => {
    const dir = temporaryModelsDir()
    dir.addVersion('credit_risk', '1.0.0', await artifactFiles('credit_risk'))
    const told: string[] = []
    const error = (facts: object): void => void told.push((facts as { reason: string }).reason)
    const registry = createRegistry(dir, { logger: { ...silent, error }, watch: { intervalMs: 1 } })
    await registry.initialize()
    const reasons = () => registry.getRegistryHealth().models['credit_risk'].reasons
    writeFileSync(`${dir.path}/credit_risk/service.json`, text)
    await until(() => reasons().some(({ kind }) => kind === 'folder'))
    expect(reasons()).toMatchObject([{ kind: 'folder', text: expect.stringMatching(expected) as string }])
    const model = await registry.getModelPredictor('credit_risk')
    expect((await model.predict(credit[0])).source).toBe('model')
    writeFileSync(`${dir.path}/credit_risk/service.json`, '{}')
    await until(() => reasons().length === 0)
    expect(told).toHaveLength(1)
    expect(told[0]).toMatch(expected)
  })
})

describe('options of every day', () => {
  it('are refused where nobody knows their name', async () => {
    const dir = temporaryModelsDir()
    dir.addVersion('credit_risk', '1.0.0', await artifactFiles('credit_risk'))
    const registry = createRegistry(dir)
    const model = await registry.getModelPredictor('credit_risk')
    const misspelt = { timeoutms: 5 } as object
    await expect(model.predict(credit[0], misspelt)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('did you mean timeoutMs?') as string,
    })
    for (const options of [{ fallbak: false }, { fallback: 'x' }, null] as object[])
      await expect(registry.getModelPredictor('credit_risk', options)).rejects.toMatchObject({
        code: 'VALIDATION_FAILED',
      })
    for (const options of [{ allowBelowFloor: 'no' }, { retryAfterMs: 'abc' }, { retryAfterMs: 0 }] as object[])
      expect(() => createRegistry(dir, options)).toThrow(
        expect.objectContaining({ code: 'VALIDATION_FAILED' }) as Error,
      )
    await expect(registry.activate('credit_risk', undefined as unknown as string)).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    })
  })
})

describe('a model below its floor', () => {
  it('says so in health where it is served all the same', async () => {
    const dir = temporaryModelsDir()
    dir.addVersion('telco_churn', '1.0.0', await artifactFiles('telco_churn', '1.0.0', true))
    dir.addFile('telco_churn', 'service.json', { accuracyFloor: 0.999 })
    const registry = createRegistry(dir, { allowBelowFloor: true })
    await registry.initialize()
    const { status, reasons } = registry.getRegistryHealth().models['telco_churn']
    expect(status).toBe('degraded')
    expect(reasons).toMatchObject([{ kind: 'accuracy', text: expect.stringContaining('0.999') as string }])
  })
})

describe('an alias of a version that is not there', () => {
  it('names the version', async () => {
    const dir = temporaryModelsDir()
    dir.addVersion('credit_risk', '1.0.0', await artifactFiles('credit_risk'))
    dir.addFile('credit_risk', 'service.json', { aliases: { stable: '9.9.9' } })
    const registry = createRegistry(dir)
    await expect(registry.getModelPredictor('credit_risk@stable')).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: expect.stringContaining('version 9.9.9, which is not there') as string,
    })
  })
})

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}
