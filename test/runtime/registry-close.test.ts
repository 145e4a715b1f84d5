// Whatever a caller waits for when a registry closes: he hears of it, and nothing is left.
import { describe, expect, it } from 'vitest'
import { sha256Hex } from '../../src/artifact/sha256.ts'
import type { RegistryOptions } from '../../src/runtime/options.ts'
import { MLServiceRegistry } from '../../src/runtime/registry.ts'
import { MemoryBudget } from '../../src/runtime/memory-budget.ts'
import { temporaryModelsDir } from '../helpers/artifacts.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'
import { settleMicrotasks } from '../helpers/hand-driven-model.ts'
import { createTinyBackend, createTinyServed } from '../helpers/served-models.ts'
import { tinyFiles } from '../helpers/tiny-models.ts'

const offsets = { '1.0.0': 1000, '2.0.0': 2000 } as const
const closed = { status: 'rejected', reason: { code: 'CLOSED' } }

function modelsDir() {
  const dir = temporaryModelsDir()
  for (const [version, offset] of Object.entries(offsets))
    dir.addVersion('tiny', version, tinyFiles(version, { offset }))
  dir.addFile('tiny', 'service.json', { active: '1.0.0' })
  return dir
}

/** Its turns of the event loop end when the test says so. */
async function heldRegistry(options: Partial<RegistryOptions> = {}) {
  const clock = createFakeClock()
  const turns: (() => void)[] = []
  let isHeld = false
  const defer = (callback: () => void): void => {
    if (isHeld) turns.push(callback)
    else setImmediate(callback)
  }
  const registry = new MLServiceRegistry({
    modelsDir: modelsDir().path,
    backend: 'cpu',
    platform: { clock, defer, hash: sha256Hex },
    ...options,
  })
  const predictor = await registry.getModelPredictor('tiny')
  return { registry, predictor, clock, turns, hold: () => void (isHeld = true) }
}

describe('closing a registry', () => {
  it('settles those who wait in the queue, and predictBatch half fed', async () => {
    const { registry, predictor, clock, turns, hold } = await heldRegistry({
      caching: false,
      batching: { maxRows: 4, maxQueuedRows: 8 },
    })
    hold()
    const batch = predictor.predictBatch(Array.from({ length: 100 }, (_, i) => [i, 0]))
    await settleMicrotasks()
    for (const turn of turns.splice(0)) turn()
    await settleMicrotasks()
    const calls = [batch, predictor.predict([1, 0]), predictor.predict([1, 0], { timeoutMs: 1_000 })]
    const outcomes = Promise.allSettled(calls)
    await registry.close()
    expect(await outcomes).toMatchObject([closed, closed, closed])
    expect(clock.pendingTimers).toBe(0)
    await registry.close()
  })

  it('settles those who wait for a cache that hangs, and for the answer of an equal row, within its own deadline', async () => {
    const gets: string[] = []
    const keyv = {
      get: (key: string) => (gets.push(key), new Promise<never>(() => undefined)),
      set: () => Promise.resolve(true),
    }
    const { registry, predictor, clock } = await heldRegistry({ caching: { keyv: keyv as never } })
    const calls = [1, 1, 2].map((f0) => predictor.predict([f0, 0], { useCache: true }))
    const batch = predictor.predictBatch([[3, 0]], { useCache: true })
    const outcomes = Promise.allSettled([...calls, batch])
    await settleMicrotasks()
    expect(gets.length).toBeGreaterThan(0)
    await registry.close()
    for (let step = 0; step < 10; step++) {
      clock.advance(10)
      await settleMicrotasks()
    }
    expect(await outcomes).toMatchObject([closed, closed, closed, closed])
    expect(clock.pendingTimers).toBe(0)
  })

  it('settles those who wait for the first load', async () => {
    const registry = new MLServiceRegistry({ modelsDir: modelsDir().path, backend: 'cpu' })
    const calls = [
      ...Array.from({ length: 20 }, () => registry.getModelPredictor('tiny')),
      registry.getModelPredictor('tiny@2.0.0'),
      registry.activate('tiny', '2.0.0'),
      registry.route('tiny', { traffic: { '2.0.0': 1 } }),
      registry.initialize(),
    ]
    const outcomes = Promise.allSettled(calls)
    await registry.close()
    expect(await outcomes).toMatchObject(calls.map(() => closed))
    await expect(registry.initialize()).rejects.toMatchObject({ code: 'CLOSED' })
  })

  it('ends a look at the folder, shadow runs and their timers', async () => {
    const { registry, predictor, clock, hold } = await heldRegistry({ caching: false, watch: { intervalMs: 500 } })
    await registry.route('tiny', { shadow: '2.0.0' })
    await predictor.predict([1, 0])
    hold()
    clock.advance(500)
    await registry.close()
    expect(clock.pendingTimers).toBe(0)
    await settleMicrotasks()
    expect(clock.pendingTimers).toBe(0)
  })

  it('ends the renewing of stale answers', async () => {
    const { registry, predictor, clock, turns, hold } = await heldRegistry({
      caching: { ttlMs: 10, staleWhileRevalidateMs: 1_000 },
    })
    await predictor.predict([1, 0], { useCache: true })
    clock.advance(20)
    hold()
    expect((await predictor.predict([1, 0], { useCache: true })).source).toBe('cache')
    expect(clock.pendingTimers).toBe(1)
    await registry.close()
    expect(clock.pendingTimers).toBe(0)
    expect(turns).toEqual([])
  })

  it('comes with the end of an await using block', async () => {
    const dir = modelsDir()
    let pending: Promise<unknown>
    {
      await using registry = new MLServiceRegistry({ modelsDir: dir.path, backend: 'cpu' })
      const predictor = await registry.getModelPredictor('tiny')
      pending = Promise.allSettled([predictor.predict([1, 0], { useCache: false })])
    }
    expect(await pending).toMatchObject([closed])
  })
})

describe('closing a model', () => {
  const files = Object.fromEntries(
    Object.entries(offsets).map(([version, offset]) => [version, tinyFiles(version, { offset })]),
  )
  const service = { active: '1.0.0' }

  it('settles those whose batch is running, a swap that waits for it and the rows of its shadow', async () => {
    const tiny = createTinyBackend('async', offsets)
    const { model, clock } = await createTinyServed({ files, tiny, service })
    await model.route({ shadow: '2.0.0' })
    const predictor = await model.predictor(undefined, true)
    await predictor.predict([1, 0])
    tiny.isHolding = true
    const running = [predictor.predict([1, 0]), predictor.predictBatch([[1, 0]])]
    await settleMicrotasks()
    tiny.isHolding = false
    const swap = model.activate('2.0.0')
    while (predictor.version !== '2.0.0') await settleMicrotasks()
    const outcomes = Promise.allSettled([...running, swap])
    await model.close()
    await model.close()
    expect(await outcomes).toMatchObject([closed, closed, { status: expect.any(String) }])
    expect(clock.pendingTimers).toBe(0)
    // what the backend still computes is given back when it has ended
    for (const release of tiny.held.splice(0)) release()
    await settleMicrotasks()
    expect(tiny.alive).toEqual([])
  })

  it('settles those who wait for a model to come back, at once; the load is given up when it ends', async () => {
    const tiny = createTinyBackend('sync', offsets)
    const budget = new MemoryBudget(1e9)
    const held: (() => void)[] = []
    const { model, hold } = await createTinyServed({ files, tiny, service, budget })
    const predictor = await model.predictor(undefined, true)
    budget.add(1e9, () => Promise.resolve())
    hold(() => new Promise<void>((resolve) => held.push(resolve)))
    const calls = [predictor.predict([1, 0]), predictor.predictBatch([[1, 0]]), model.predictor('2.0.0', true)]
    await settleMicrotasks()
    expect(held.length).toBeGreaterThan(0)
    let isClosed = false
    const closing = model.close().then(() => (isClosed = true))
    expect(await Promise.allSettled(calls)).toMatchObject([closed, closed, closed])
    expect(isClosed).toBe(false)
    for (const release of held) release()
    await closing
    expect(tiny.alive).toEqual([])
  })
})
