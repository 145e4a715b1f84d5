// What register, promote and rollback do to a model folder: states, aliases, history, and what they refuse.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ModelStore } from '../../../src/training/store/model-store.ts'
import { rollbackTargets } from '../../../src/training/store/version-states.ts'
import { checksumOf, filesOf, StoreScene, versionEntry } from './store-scene.ts'

async function openScene(service?: unknown): Promise<[ModelStore, StoreScene]> {
  const scene = new StoreScene()
  if (service !== undefined) await scene.service(service)
  return [await scene.open(), scene]
}

async function withPromoted(...versions: string[]): Promise<[ModelStore, StoreScene]> {
  const [store, scene] = await openScene()
  for (const version of versions) {
    await store.register(versionEntry(version))
    await store.promote(version)
  }
  return [store, scene]
}

const states = async (store: ModelStore): Promise<Record<string, string>> =>
  Object.fromEntries((await store.versions()).map(({ version, state }) => [version, state]))

describe('register', () => {
  it('keeps a version in development that failed a gate, and serves nothing of it', async () => {
    const [store, scene] = await openScene({ name: 'tiny' })
    await store.register(versionEntry('1.0.0', 'development'))
    expect(await states(store)).toEqual({ '1.0.0': 'development' })
    expect(await store.production()).toBeUndefined()
    expect(await scene.served()).toBe('MODEL_LOAD_FAILED')
    expect(JSON.parse(await scene.text('service.json'))).toEqual({ name: 'tiny', active: 'production' })
  })

  it('stages a version that passed, under the alias staging', async () => {
    const [store, scene] = await openScene()
    await store.register(versionEntry('1.0.0'))
    await store.register(versionEntry('1.1.0'))
    expect(await states(store)).toEqual({ '1.0.0': 'staging', '1.1.0': 'staging' })
    expect(JSON.parse(await scene.text('service.json'))).toMatchObject({ aliases: { staging: '1.1.0' } })
    expect(
      (await store.history()).map(({ seq, action, version, previous }) => [seq, action, version, previous]),
    ).toEqual([
      [1, 'register', '1.0.0', undefined],
      [2, 'stage', '1.0.0', undefined],
      [3, 'register', '1.1.0', undefined],
      [4, 'stage', '1.1.0', '1.0.0'],
    ])
  })

  it('keeps lineage and checksum', async () => {
    const [store] = await openScene()
    const entry = versionEntry('1.0.0')
    await store.register(entry)
    expect(await store.versions()).toEqual([
      { version: '1.0.0', state: 'staging', checksum: checksumOf('1.0.0'), lineage: entry.lineage },
    ])
  })

  it('changes nothing for the same bytes again', async () => {
    const [store, scene] = await openScene()
    await store.register(versionEntry('1.0.0'))
    const before = await scene.text('history.jsonl')
    await store.register(versionEntry('1.0.0'))
    await store.register(versionEntry('1.0.0', 'development'))
    expect(await scene.text('history.jsonl')).toBe(before)
    expect(await states(store)).toEqual({ '1.0.0': 'staging' })
  })

  it('stages the same bytes that pass at last, with their new lineage', async () => {
    const [store] = await openScene()
    await store.register(versionEntry('1.0.0', 'development'))
    const entry = versionEntry('1.0.0')
    await store.register({ ...entry, lineage: { ...entry.lineage, seed: 7 } })
    expect(await store.versions()).toMatchObject([{ state: 'staging', lineage: { seed: 7 } }])
  })

  it('refuses other bytes under a known version, and says to take another one', async () => {
    const [store] = await openScene()
    await store.register(versionEntry('1.0.0'))
    await expect(store.register(versionEntry('1.0.0', 'staging', 0.8))).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      message: expect.stringMatching(/other bytes .*; register these as another version$/) as string,
    })
  })

  it('refuses other bytes under a version whose folder is gone, and takes the same bytes back', async () => {
    const [store, scene] = await withPromoted('1.0.0')
    await scene.files.remove('versions/1.0.0')
    await expect(store.register(versionEntry('1.0.0', 'staging', 0.8))).rejects.toThrow(/other bytes/)
    await store.register(versionEntry('1.0.0'))
    expect(await states(store)).toEqual({ '1.0.0': 'production' })
  })

  it('goes on serving what was served for being the highest version, by name', async () => {
    const scene = new StoreScene()
    await scene.addByHand('1.0.0')
    const store = await scene.open()
    await store.register(versionEntry('2.0.0', 'development'))
    expect(await scene.served()).toBe('1.0.0')
    expect(await store.production()).toBe('1.0.0')
    expect((await store.history())[0]).toMatchObject({ action: 'recover', version: '1.0.0' })
  })

  it('refuses a version that service.json serves before it is there', async () => {
    const [store] = await openScene({ aliases: { production: '1.0.0' }, active: 'production' })
    await expect(store.register(versionEntry('1.0.0', 'development'))).rejects.toThrow(/before it is registered/)
  })

  it.each([
    ['a version that is none', { ...versionEntry('1.0.0'), version: '../1.0.0' }, 'INPUT_INVALID'],
    ['a file of no artifact', { ...versionEntry('1.0.0'), files: { '../x.bin': new Uint8Array() } }, 'INPUT_INVALID'],
    ['no model.json', { ...versionEntry('1.0.0'), files: {} }, 'MODEL_LOAD_FAILED'],
    ['an artifact of another version', { ...versionEntry('1.0.0'), files: filesOf('2.0.0') }, 'VALIDATION_FAILED'],
  ])('refuses %s, and leaves the folder as it is', async (_, entry, code) => {
    const [store, scene] = await openScene()
    await expect(store.register(entry)).rejects.toMatchObject({ code })
    expect(scene.disk.paths()).toEqual([])
  })
})

describe('promote', () => {
  it('moves the alias, keeps every other key where it stands, and deprecates what was there', async () => {
    const service = {
      name: 'tiny',
      active: 'production',
      aliases: { stable: '1.0.0', production: '1.0.0', staging: '2.0.0' },
      accuracyFloor: 0.5,
      latencyTargetMs: 20,
    }
    const [store, scene] = await withPromoted('1.0.0')
    await store.register(versionEntry('2.0.0'))
    await scene.service(service)
    await store.promote('2.0.0', { reason: 'better' })
    const expected = { ...service, aliases: { stable: '1.0.0', production: '2.0.0' } }
    expect(await scene.text('service.json')).toBe(`${JSON.stringify(expected, null, 2)}\n`)
    expect(await states(store)).toEqual({ '1.0.0': 'deprecated', '2.0.0': 'production' })
    expect((await store.history()).slice(-2)).toMatchObject([
      { action: 'promote', version: '2.0.0', previous: '1.0.0', reason: 'better', checksum: checksumOf('2.0.0') },
      { action: 'deprecate', version: '1.0.0' },
    ])
  })

  it('leaves the alias staging where it means another version', async () => {
    const [store, scene] = await openScene()
    for (const version of ['1.0.0', '2.0.0']) await store.register(versionEntry(version))
    await store.promote('1.0.0')
    expect(JSON.parse(await scene.text('service.json'))).toMatchObject({
      aliases: { staging: '2.0.0', production: '1.0.0' },
    })
  })

  it('takes a deprecated version again', async () => {
    const [store] = await withPromoted('1.0.0', '2.0.0')
    await store.promote('1.0.0')
    expect(await states(store)).toEqual({ '1.0.0': 'production', '2.0.0': 'deprecated' })
  })

  it('changes nothing where the version is in production already', async () => {
    const [store, scene] = await withPromoted('1.0.0')
    const before = await scene.text('history.jsonl')
    await store.promote('1.0.0')
    expect(await scene.text('history.jsonl')).toBe(before)
  })

  it('remembers what was served for being the highest version, so that a rollback leads there', async () => {
    const [store, scene] = await withPromoted('1.0.0')
    await scene.addByHand('3.0.0')
    await scene.service({ name: 'tiny' })
    expect(await scene.served()).toBe('3.0.0')
    await store.promote('1.0.0')
    expect(await scene.served()).toBe('1.0.0')
    expect(await store.rollback()).toBe('3.0.0')
  })

  it('never counts a version that failed its gates as one that was in production, even where a person served it', async () => {
    const [store, scene] = await withPromoted('1.0.0')
    await store.register(versionEntry('3.0.0', 'development'))
    await scene.service({ name: 'tiny' })
    await store.promote('1.0.0')
    expect(await states(store)).toEqual({ '1.0.0': 'production', '3.0.0': 'development' })
    await expect(store.promote('3.0.0')).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
    await expect(store.rollback()).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
  })

  it('refuses a version in development, and says where its gates are told', async () => {
    const [store, scene] = await openScene()
    const entry = versionEntry('1.0.0', 'development')
    const gates = [{ name: 'accuracy', passed: false, measured: 0.7, bound: 0.8, text: 'accuracy 0.7 is below 0.8' }]
    await store.register({ ...entry, lineage: { ...entry.lineage, gates } })
    await expect(store.promote('1.0.0')).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      message: expect.stringMatching(/a gate failed .* see versions\/1\.0\.0\/lineage\.json/) as string,
    })
    expect(await scene.served()).toBe('MODEL_LOAD_FAILED')
  })

  it('refuses a version that nobody registered', async () => {
    const [store, scene] = await withPromoted('1.0.0')
    await scene.addByHand('2.0.0')
    await expect(store.promote('2.0.0')).rejects.toThrow(/nobody registered it/)
    expect(await scene.served()).toBe('1.0.0')
  })

  it('refuses a version that is not there, and names those that are', async () => {
    const [store] = await withPromoted('1.0.0')
    await expect(store.promote('3.0.0')).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: 'tiny has no version 3.0.0; it has: 1.0.0',
    })
  })

  it('refuses a version whose accuracy, as measured, is below the floor', async () => {
    const [store, scene] = await openScene({ accuracyFloor: 0.85 })
    await store.register(versionEntry('1.0.0', 'staging', 0.8))
    await expect(store.promote('1.0.0')).rejects.toMatchObject({ code: 'ACCURACY_BELOW_FLOOR' })
    expect(await states(store)).toEqual({ '1.0.0': 'staging' })
    expect(await scene.served()).toBe('MODEL_LOAD_FAILED')
  })

  it('refuses files that are not those that were registered, even where each is whole in itself', async () => {
    const [store, scene] = await withPromoted('1.0.0')
    await store.register(versionEntry('2.0.0'))
    for (const [name, bytes] of Object.entries(filesOf('2.0.0', 0.99)))
      await scene.files.write(`versions/2.0.0/${name}`, bytes)
    await expect(store.promote('2.0.0')).rejects.toMatchObject({ code: 'CHECKSUM_MISMATCH' })
    expect(await scene.served()).toBe('1.0.0')
  })

  it('does not mind a changed lineage.json, which changes no answer', async () => {
    const [store, scene] = await openScene()
    await store.register(versionEntry('1.0.0'))
    await scene.files.write('versions/1.0.0/lineage.json', new TextEncoder().encode('{'))
    await store.promote('1.0.0')
    expect(await store.versions()).toMatchObject([{ state: 'production', lineage: undefined }])
  })

  it('refuses a service.json that is none, and leaves it as it is', async () => {
    const [store, scene] = await withPromoted('1.0.0', '2.0.0')
    await scene.service({ actve: 'production' })
    const before = await scene.text('service.json')
    await expect(store.promote('1.0.0')).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
    expect(await scene.text('service.json')).toBe(before)
  })
})

describe('rollback', () => {
  it('leads to what was in production before, not to the highest lower version', async () => {
    const [store, scene] = await openScene()
    for (const version of ['3.0.0', '1.0.0', '2.0.0']) await store.register(versionEntry(version))
    for (const version of ['3.0.0', '2.0.0']) await store.promote(version)
    expect(await store.rollback({ reason: 'worse' })).toBe('3.0.0')
    expect(await scene.served()).toBe('3.0.0')
    expect((await store.history()).slice(-2)).toMatchObject([
      { action: 'rollback', version: '3.0.0', previous: '2.0.0', reason: 'worse' },
      { action: 'deprecate', version: '2.0.0' },
    ])
  })

  it('leads further back twice in a row, and ends where nothing was before', async () => {
    const [store, scene] = await withPromoted('1.0.0', '2.0.0', '3.0.0')
    expect(await store.rollback()).toBe('2.0.0')
    expect(await store.rollback()).toBe('1.0.0')
    await expect(store.rollback()).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
    expect(await scene.served()).toBe('1.0.0')
    expect(await states(store)).toEqual({ '1.0.0': 'production', '2.0.0': 'deprecated', '3.0.0': 'deprecated' })
  })

  it('never leads back to a version that was rolled back from, until it is promoted again', async () => {
    const [store] = await withPromoted('1.0.0', '2.0.0', '3.0.0')
    expect(await store.rollback()).toBe('2.0.0')
    await store.register(versionEntry('4.0.0'))
    await store.promote('4.0.0')
    expect(await store.rollback()).toBe('2.0.0')
    await store.promote('3.0.0')
    await store.promote('4.0.0')
    expect(await store.rollback()).toBe('3.0.0')
  })

  it('leads back from what a person put in service.json', async () => {
    const [store, scene] = await withPromoted('1.0.0', '2.0.0')
    await scene.service({ active: '1.0.0' })
    expect(await store.production()).toBe('1.0.0')
    expect(await store.rollback()).toBe('2.0.0')
    expect((await store.history()).at(-3)).toMatchObject({ action: 'recover', version: '1.0.0', previous: '2.0.0' })
  })

  it('refuses files that are not those that were registered', async () => {
    const [store, scene] = await withPromoted('1.0.0', '2.0.0')
    await scene.files.write('versions/1.0.0/model.json', filesOf('1.0.0', 0.99)['model.json'])
    await expect(store.rollback()).rejects.toMatchObject({ code: 'CHECKSUM_MISMATCH' })
    expect(await scene.served()).toBe('2.0.0')
  })

  it('refuses a version whose folder is gone, and one below a floor that was raised', async () => {
    const [store, scene] = await withPromoted('1.0.0', '2.0.0')
    await scene.service({ accuracyFloor: 0.95, active: 'production', aliases: { production: '2.0.0' } })
    await expect(store.rollback()).rejects.toMatchObject({ code: 'ACCURACY_BELOW_FLOOR' })
    await scene.files.remove('versions/1.0.0')
    await expect(store.rollback()).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
  })
})

it('any commands in any order: history and service.json agree, and no rollback leads to what was rolled back from', async () => {
  const versions = ['1.0.0', '2.0.0', '3.0.0'] as const
  const step = fc.oneof(fc.constantFrom(...versions), fc.constant('rollback' as const))
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const [store, scene] = await openScene()
      for (const version of versions) await store.register(versionEntry(version))
      const withdrawn = new Set<string>()
      for (const version of steps) {
        const before = await store.production()
        if (version === 'rollback') {
          const targets = rollbackTargets(await store.history(), before)
          const target = await store.rollback().catch(() => undefined)
          expect(target).toBe(targets[0])
          if (target === undefined) continue
          expect(withdrawn).not.toContain(target)
          expect(target).not.toBe(before)
          if (before !== undefined) withdrawn.add(before)
        } else {
          await store.promote(version)
          withdrawn.delete(version)
          expect(await store.production()).toBe(version)
        }
        expect(await scene.served()).toBe(await store.production())
      }
      const seqs = (await store.history()).map(({ seq }) => seq)
      expect(seqs).toEqual(seqs.map((_, i) => i + 1))
    }),
    { numRuns: 40 },
  )
})
