// A registry over a folder that a store keeps: what it serves before the first promotion, and promotions under traffic.
import { statSync, chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sha256Hex } from '../../../src/artifact/sha256.ts'
import type { Prediction } from '../../../src/rows/prediction.ts'
import type { Platform } from '../../../src/runtime/platform.ts'
import { openModelStore } from '../../../src/training/store/model-store.ts'
import { temporaryModelsDir } from '../../helpers/artifacts.ts'
import { createFakeClock } from '../../helpers/fake-clock.ts'
import { settleMicrotasks } from '../../helpers/hand-driven-model.ts'
import { createRegistry } from '../../helpers/registries.ts'
import { offsetOf, versionEntry } from './store-scene.ts'

const schema = {
  features: [0, 1].map((i) => ({ name: `f${i}`, dtype: 'number' })),
  outputs: ['value'],
}

async function openTiny(service?: unknown) {
  const dir = temporaryModelsDir()
  dir.addFile('tiny', 'service.json', service ?? { name: 'tiny' })
  const modelDir = join(dir.path, 'tiny')
  return { dir, modelDir, store: await openModelStore(modelDir, { clock: () => new Date(0) }) }
}

/** Turns of the event loop until file reads and a load have ended, however busy the machine is. */
async function until(holds: () => boolean): Promise<void> {
  const endsAt = performance.now() + 15_000
  while (performance.now() < endsAt && !holds()) await settleMicrotasks()
  expect(holds()).toBe(true)
}

describe('before the first promotion', () => {
  it('no version is served, however high its number, and the registry says why', async () => {
    const { dir, store } = await openTiny()
    await store.register(versionEntry('1.0.0', 'development'))
    await store.register(versionEntry('2.0.0'))
    const registry = createRegistry(dir, { backend: 'cpu' })
    await expect(registry.getModelPredictor('tiny')).rejects.toMatchObject({
      code: 'MODEL_LOAD_FAILED',
      message: expect.stringContaining(
        'tiny has no version or alias production; it has: 1.0.0, 2.0.0, staging',
      ) as string,
    })
    const staged = await registry.getModelPredictor('tiny@staging')
    expect(await staged.predict([1, 0])).toMatchObject({ version: '2.0.0', value: 1 + offsetOf('2.0.0') })
  })

  it('the rule answers where service.json names one', async () => {
    const { dir, store } = await openTiny({ name: 'tiny', fallback: 'guess', schema })
    await store.register(versionEntry('2.0.0', 'development'))
    const registry = createRegistry(dir, { backend: 'cpu', fallbacks: { guess: () => ({ value: -1 }) } })
    const predictor = await registry.getModelPredictor('tiny')
    expect(await predictor.predict([1, 0])).toMatchObject({ source: 'fallback', value: -1, version: null })
  })

  it('a running registry takes the first promotion over', async () => {
    const { dir, store } = await openTiny({ name: 'tiny', fallback: 'guess', schema })
    await store.register(versionEntry('2.0.0'))
    const clock = createFakeClock()
    const platform: Platform = { clock, defer: (callback) => void setImmediate(callback), hash: sha256Hex }
    const fallbacks = { guess: () => ({ value: -1 }) }
    const registry = createRegistry(dir, { backend: 'cpu', platform, watch: { intervalMs: 500 }, fallbacks })
    const predictor = await registry.getModelPredictor('tiny')
    await store.promote('2.0.0')
    for (let look = 0; look < 20 && predictor.version !== '2.0.0'; look++) {
      clock.advance(1_000)
      await until(() => clock.pendingTimers > 0)
    }
    expect(await predictor.predict([1, 0])).toMatchObject({ source: 'model', value: 1 + offsetOf('2.0.0') })
  })
})

describe('under traffic', () => {
  it('promotions and rollbacks are taken over by a watch without a failed or mixed prediction', async () => {
    const { dir, store } = await openTiny()
    for (const version of ['1.0.0', '2.0.0', '3.0.0']) await store.register(versionEntry(version))
    await store.promote('1.0.0')
    const clock = createFakeClock()
    const platform: Platform = { clock, defer: (callback) => void setImmediate(callback), hash: sha256Hex }
    const registry = createRegistry(dir, { backend: 'cpu', platform, watch: { intervalMs: 500 }, caching: false })
    const predictor = await registry.getModelPredictor('tiny')
    const seen = new Map<string | null, number>()
    const wrong: unknown[] = []
    let isOver = false
    const judge = (f0: number, answer: unknown): string | null => {
      const { version, source, value } = answer as Prediction
      if (source !== 'model' || value !== f0 + offsetOf(version ?? '')) wrong.push(answer)
      seen.set(version, (seen.get(version) ?? 0) + 1)
      return version
    }
    const callers = [1, 2, 3].map(async (f0) => {
      while (!isOver) {
        if (f0 < 3) judge(f0, await predictor.predict([f0, 0]).catch((error: unknown) => error))
        else {
          const rows = Array.from({ length: 20 }, () => [f0, 0])
          const batch = await predictor.predictBatch(rows).catch((error: unknown) => [error])
          if (new Set(batch.map((answer) => judge(f0, answer))).size !== 1) wrong.push('mixed')
        }
        await settleMicrotasks()
      }
    })
    const commands: readonly (readonly [version: string, run: () => Promise<unknown>])[] = [
      ['2.0.0', () => store.promote('2.0.0')],
      ['3.0.0', () => store.promote('3.0.0')],
      ['2.0.0', () => store.rollback()],
      ['1.0.0', () => store.rollback()],
      ['3.0.0', () => store.promote('3.0.0')],
    ]
    for (const [version, run] of commands) {
      await run()
      clock.advance(500)
      await until(() => predictor.version === version && clock.pendingTimers > 0)
      const before = seen.get(version) ?? 0
      await until(() => (seen.get(version) ?? 0) > before + 50)
    }
    isOver = true
    await Promise.all(callers)
    expect(wrong).toEqual([])
    expect([...seen.keys()].sort()).toEqual(['1.0.0', '2.0.0', '3.0.0'])
  })
})

describe('on a disk', () => {
  it('service.json keeps its mode, and history and lineage are text that a person reads', async () => {
    const { modelDir, store } = await openTiny()
    const path = join(modelDir, 'service.json')
    chmodSync(path, 0o640)
    await store.register(versionEntry('1.0.0'))
    await store.promote('1.0.0', { reason: 'first' })
    expect(statSync(path).mode & 0o777).toBe(0o640)
    expect((await store.history()).at(-1)).toMatchObject({ at: '1970-01-01T00:00:00.000Z', reason: 'first' })
  })

  it('commands at the same time, by stores of their own, all happen', async () => {
    const { modelDir, store } = await openTiny()
    const versions = ['1.0.0', '2.0.0', '3.0.0', '4.0.0']
    await Promise.all(versions.map(async (version) => (await openModelStore(modelDir)).register(versionEntry(version))))
    expect((await store.versions()).map(({ version, state }) => [version, state])).toEqual(
      versions.map((version) => [version, 'staging']),
    )
    expect((await store.history()).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  })

  it('what a killed command left behind is cleared at the next open', async () => {
    const { modelDir, store } = await openTiny()
    await store.register(versionEntry('1.0.0'))
    writeFileSync(join(modelDir, '.service-0000000a.json'), '{')
    await openModelStore(modelDir)
    expect(() => statSync(join(modelDir, '.service-0000000a.json'))).toThrow('ENOENT')
  })

  it('a folder that is not there, and one that cannot be written, are refused by their path', async () => {
    const { modelDir, store } = await openTiny()
    await expect(openModelStore(join(modelDir, 'nowhere'))).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
    writeFileSync(join(modelDir, 'versions'), 'a file')
    await expect(store.register(versionEntry('1.0.0'))).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining(modelDir) as string,
    })
  })
})
