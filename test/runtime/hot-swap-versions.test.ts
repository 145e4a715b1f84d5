// What a swap and a route load, warm, keep and give back, on a backend that keeps book of every run.
import { describe, expect, it } from 'vitest'
import { MemoryBudget } from '../../src/runtime/memory-budget.ts'
import { settleMicrotasks } from '../helpers/hand-driven-model.ts'
import { createTinyBackend, createTinyServed, type TinyServedOptions } from '../helpers/served-models.ts'
import { tinyFiles } from '../helpers/tiny-models.ts'

const offsets = { '1.0.0': 1000, '2.0.0': 2000, '3.0.0': 3000 } as const
const files = Object.fromEntries(
  Object.entries(offsets).map(([version, offset]) => [version, tinyFiles(version, { offset })]),
)
/** Of all models; one more of that size leaves none. */
const room = 1e9
const aliases = { stable: '1.0.0', canary: '2.0.0' }

async function serve(mode: 'sync' | 'async', options: Partial<TinyServedOptions> = {}) {
  const tiny = createTinyBackend(mode, offsets)
  const served = await createTinyServed({ files, tiny, service: { active: '1.0.0', aliases }, ...options })
  return { tiny, ...served }
}

const rowsOf = (count: number) => Array.from({ length: count }, (_, i) => [i, 0])
const sizesOf = (runs: readonly { version: string; rowCount: number }[], version: string) =>
  runs.filter((run) => run.version === version).map(({ rowCount }) => rowCount)

describe('a hot swap', () => {
  it.each(['sync', 'async'] as const)(
    'warms the new version at the sizes that batches really had, before it takes traffic (%s)',
    async (mode) => {
      const { model, tiny } = await serve(mode)
      const predictor = await model.predictor(undefined, true)
      await predictor.predictBatch(rowsOf(100))
      await predictor.predictBatch(rowsOf(50))
      let runsBeforeTraffic: number[] | undefined
      tiny.onRun = ({ version }) => {
        if (predictor.version === version && version === '2.0.0') runsBeforeTraffic ??= sizesOf(tiny.runs, '2.0.0')
      }
      await model.activate('2.0.0')
      expect(await predictor.predict([1, 0])).toMatchObject({ version: '2.0.0', value: 2001 })
      expect(runsBeforeTraffic).toEqual(expect.arrayContaining([64, 100]))
      // what was warmed for is passed on by a version that never had traffic
      await model.activate('3.0.0')
      expect(sizesOf(tiny.runs, '3.0.0')).toEqual(expect.arrayContaining([64, 100]))
    },
  )

  it('warms a version that already answers elsewhere in smaller batches', async () => {
    const { model, tiny } = await serve('sync')
    const predictor = await model.predictor(undefined, true)
    const canary = await model.predictor('canary', true)
    await predictor.predictBatch(rowsOf(100))
    await canary.predictBatch(rowsOf(3))
    expect(sizesOf(tiny.runs, '2.0.0')).not.toContain(100)
    await model.activate('canary')
    expect(sizesOf(tiny.runs, '2.0.0')).toContain(100)
    expect(tiny.loads).toEqual(['1.0.0', '2.0.0'])
  })

  it('answers requests under way by the version that they began with, and only then unloads it', async () => {
    const { model, tiny } = await serve('async')
    const predictor = await model.predictor(undefined, true)
    tiny.isHolding = true
    const before = [predictor.predict([1, 0]), predictor.predict([2, 0])]
    const batch = predictor.predictBatch(rowsOf(3))
    await settleMicrotasks()
    const heldOld = tiny.held.splice(0)
    expect(heldOld.length).toBeGreaterThan(0)
    tiny.isHolding = false
    let isSwapped = false
    const swap = model.activate('2.0.0').then(() => (isSwapped = true))
    while (predictor.version !== '2.0.0') await settleMicrotasks()
    expect(await predictor.predict([1, 0])).toMatchObject({ version: '2.0.0', value: 2001 })
    expect(isSwapped).toBe(false)
    expect(tiny.alive).toEqual(['1.0.0', '2.0.0'])
    for (const release of heldOld) release()
    expect(await Promise.all(before)).toMatchObject([
      { version: '1.0.0', value: 1001 },
      { version: '1.0.0', value: 1002 },
    ])
    expect((await batch).map((entry) => 'version' in entry && entry.version)).toEqual(Array(3).fill('1.0.0'))
    await swap
    expect(tiny.alive).toEqual(['2.0.0'])
  })

  it('keeps one version for a predictBatch that is fed in slices while versions come and go', async () => {
    const { model, tiny } = await serve('sync', { batching: { maxRows: 4, maxQueuedRows: 8 } })
    const predictor = await model.predictor(undefined, true)
    const batch = predictor.predictBatch(rowsOf(200))
    await Promise.all([model.activate('2.0.0'), model.activate('3.0.0')])
    const entries = await batch
    expect(entries).toEqual(rowsOf(200).map(([f0]) => expect.objectContaining({ version: '1.0.0', value: f0 + 1000 })))
    await settleMicrotasks()
    expect(tiny.alive).toEqual(['3.0.0'])
  })

  it('ends with the version that was asked for last, whichever loads faster', async () => {
    const { model, tiny } = await serve('sync')
    const predictor = await model.predictor(undefined, true)
    await Promise.all(['2.0.0', '1.0.0', '3.0.0', '1.0.0'].map((version) => model.activate(version)))
    expect(await predictor.predict([1, 0])).toMatchObject({ version: '1.0.0', value: 1001 })
    expect(tiny.alive).toEqual(['1.0.0'])
  })

  it('never leaves an alias with an engine that another swap retired meanwhile', async () => {
    const { model, tiny } = await serve('sync')
    for (let turn = 0; turn < 20; turn++) {
      const swap = model.activate(turn % 2 === 0 ? '2.0.0' : '1.0.0')
      const named = await model.predictor(turn % 2 === 0 ? '1.0.0' : '2.0.0', true)
      await swap
      expect((await named.predict([1, 0])).value).toBe(turn % 2 === 0 ? 1001 : 2001)
      await named.close()
    }
    expect([...tiny.alive].sort()).toEqual(['1.0.0', '2.0.0'])
  })
})

describe('a swap that fails keeps the former version', () => {
  type Broken = readonly [what: string, code: string, options: (tiny: ReturnType<typeof createTinyBackend>) => unknown]
  const changed: Record<string, Record<string, Uint8Array>> = {
    'an accuracy below the floor': tinyFiles('2.0.0', { offset: 2000, accuracy: 0.5 }),
    'no accuracy where a floor is set': tinyFiles('2.0.0', { offset: 2000 }),
    'a checksum of other weights': tinyFiles('2.0.0', {
      offset: 2000,
      change: (metadata) => {
        const [shard] = metadata['shards'] as { sha256: string }[]
        shard.sha256 = shard.sha256.replace(/^./, (digit) => (digit === '0' ? '1' : '0'))
      },
    }),
    'a newer schema version': tinyFiles('2.0.0', { change: (metadata) => (metadata['schemaVersion'] = 99) }),
    'another version in its folder': tinyFiles('2.0.1', { offset: 2000 }),
  }
  const codes: Record<string, string> = {
    'an accuracy below the floor': 'ACCURACY_BELOW_FLOOR',
    'no accuracy where a floor is set': 'ACCURACY_BELOW_FLOOR',
    'a checksum of other weights': 'CHECKSUM_MISMATCH',
    'a newer schema version': 'VERSION_INCOMPATIBLE',
    'another version in its folder': 'VALIDATION_FAILED',
  }
  const broken: readonly Broken[] = [
    ['check rows answered wrongly', 'BACKEND_UNAVAILABLE', (tiny) => tiny.wrongBy.set('2.0.0', 0.01)],
    [
      'a backend that does not load it',
      'BACKEND_UNAVAILABLE',
      (tiny) =>
        (tiny.onLoad = (version) => {
          if (version === '2.0.0') throw new Error('no room')
        }),
    ],
    [
      'a backend that throws when it is warmed at a size in use',
      'MODEL_LOAD_FAILED',
      (tiny) =>
        (tiny.onRun = ({ version, rowCount }) => {
          if (version === '2.0.0' && rowCount === 100) throw new Error('too many rows')
        }),
    ],
  ]

  it.each(broken)('%s', async (_, code, breakIt) => {
    const { model, tiny } = await serve('async')
    const predictor = await model.predictor(undefined, true)
    await predictor.predictBatch(rowsOf(100))
    breakIt(tiny)
    await expect(model.activate('2.0.0')).rejects.toMatchObject({ code })
    expect(await predictor.predict([1, 0])).toMatchObject({ version: '1.0.0', value: 1001 })
    expect(tiny.alive).toEqual(['1.0.0'])
    // and a version that is right is taken afterwards
    await model.activate('3.0.0')
    expect((await predictor.predict([1, 0])).version).toBe('3.0.0')
  })

  it.each(Object.keys(changed))('%s', async (what) => {
    const { model, tiny } = await serve('sync', {
      files: { ...files, '1.0.0': tinyFiles('1.0.0', { offset: 1000, accuracy: 0.95 }), '2.0.0': changed[what] },
      service: { active: '1.0.0', ...(what.includes('accuracy') ? { accuracyFloor: 0.9 } : {}) },
    })
    const predictor = await model.predictor(undefined, true)
    await expect(model.activate('2.0.0')).rejects.toMatchObject({ code: codes[what] })
    expect(await predictor.predict([1, 0])).toMatchObject({ version: '1.0.0', value: 1001 })
    expect(tiny.alive).toEqual(['1.0.0'])
  })
})

describe('what a route alone held', () => {
  it('is unloaded when the route ends, once its requests are answered', async () => {
    const { model, tiny } = await serve('async')
    await model.route({ traffic: { stable: 1, canary: 1 }, shadow: '3.0.0' })
    expect([...tiny.alive].sort()).toEqual(['1.0.0', '2.0.0', '3.0.0'])
    const predictor = await model.predictor(undefined, true)
    tiny.isHolding = true
    const answers = [predictor.predict([1, 0]), predictor.predict([1, 0])]
    await settleMicrotasks()
    const ended = model.route({ traffic: null })
    await settleMicrotasks()
    expect(tiny.alive).toContain('2.0.0')
    tiny.isHolding = false
    for (const release of tiny.held.splice(0)) release()
    await ended
    expect((await Promise.all(answers)).map(({ version }) => version).sort()).toEqual(['1.0.0', '2.0.0'])
    expect(tiny.alive).toEqual(['1.0.0'])
  })

  it('is unloaded when another route replaces it', async () => {
    const { model, tiny } = await serve('sync')
    await model.route({ traffic: { canary: 1 } })
    await model.route({ traffic: { '3.0.0': 1 } })
    expect([...tiny.alive].sort()).toEqual(['1.0.0', '3.0.0'])
    await model.route({ traffic: { '3.0.0': 1, canary: 1 } })
    expect(tiny.loads.filter((version) => version === '3.0.0')).toHaveLength(1)
  })

  it('stays where a predictor names it, and where it is the active version', async () => {
    const { model, tiny } = await serve('sync')
    const named = await model.predictor('canary', true)
    await model.route({ traffic: { '1.0.0': 1, canary: 1, '3.0.0': 1 } })
    await model.route({})
    expect([...tiny.alive].sort()).toEqual(['1.0.0', '2.0.0'])
    expect((await named.predict([1, 0])).value).toBe(2001)
    await named.close()
    await named.close()
    await model.route({ traffic: { canary: 1 } })
    await model.route({})
    expect(tiny.alive).toEqual(['1.0.0'])
  })

  it('is unloaded again where a later part of the route cannot be loaded', async () => {
    const { model, tiny } = await serve('sync')
    tiny.onLoad = (version) => {
      if (version === '3.0.0') throw new Error('no room')
    }
    await expect(model.route({ traffic: { canary: 1, '3.0.0': 1 } })).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
    })
    expect(tiny.alive).toEqual(['1.0.0'])
  })
})

describe('a version that was unloaded to make room', () => {
  it('comes back as the version that was activated by hand', async () => {
    const budget = new MemoryBudget(1)
    const { model, tiny } = await serve('sync', { budget })
    const predictor = await model.predictor(undefined, true)
    await model.activate('2.0.0')
    // another model comes and takes the room
    budget.add(1, () => Promise.resolve())
    expect(predictor.getHealth()).toMatchObject({ isAsleep: true, version: '2.0.0' })
    expect(await predictor.predict([1, 0])).toMatchObject({ version: '2.0.0', value: 2001 })
    expect(tiny.alive).toEqual(['2.0.0'])
  })

  it('answers the request that woke it, not the next in turn', async () => {
    const budget = new MemoryBudget(room)
    const { model } = await serve('sync', { budget })
    await model.route({ traffic: { stable: 1, canary: 1 } })
    const predictor = await model.predictor(undefined, true)
    const canary = await model.predictor('canary', true)
    const versions: (string | null)[] = []
    for (let turn = 0; turn < 6; turn++) {
      budget.add(room, () => Promise.resolve())
      expect(canary.getHealth().isAsleep).toBe(true)
      versions.push((await predictor.predict([1, 0])).version)
    }
    expect(versions).toEqual(['1.0.0', '2.0.0', '1.0.0', '2.0.0', '1.0.0', '2.0.0'])
    expect(canary.version).toBe('2.0.0')
  })
})

describe('a shadow', () => {
  it('that was unloaded to make room is skipped and not woken', async () => {
    const budget = new MemoryBudget(room)
    const { model, tiny } = await serve('sync', { budget })
    await model.route({ shadow: 'canary' })
    const predictor = await model.predictor(undefined, true)
    await predictor.predict([1, 0])
    const shadow = () => predictor.getHealth().routing?.shadow
    while (shadow()?.compared !== 1) await settleMicrotasks()
    budget.add(room, () => Promise.resolve())
    await settleMicrotasks()
    expect(tiny.alive).toEqual([])
    await predictor.predict([1, 0])
    await settleMicrotasks()
    expect(shadow()).toMatchObject({ version: null, compared: 1, skipped: 1, errors: 0 })
    expect(tiny.alive).toEqual(['1.0.0'])
  })
})
