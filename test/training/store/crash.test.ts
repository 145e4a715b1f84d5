// Commands of a store killed at every operation, once and twice in a row, with and without a loss of power.
import { describe, expect, it } from 'vitest'
import { openFolderStore } from '../../../src/training/store/folder-store.ts'
import { parseHistory } from '../../../src/training/store/history-log.ts'
import type { HistoryEntry, ModelStore } from '../../../src/training/store/model-store.ts'
import { recordedProduction } from '../../../src/training/store/version-states.ts'
import { dyingFiles, Killed } from './memory-disk.ts'
import { StoreScene, versionEntry } from './store-scene.ts'

type Command = {
  readonly title: string
  /** What the folder is before. */
  readonly prepare: (scene: StoreScene) => Promise<void>
  readonly run: (store: ModelStore) => Promise<unknown>
  /** What a registry serves before and after. */
  readonly before: string
  readonly after: string
  /** Entries that the history must have once exactly where the command took effect, and not at all where it did not. */
  readonly told: readonly (readonly [HistoryEntry['action'], string])[]
  /** Whether it took effect, where what is served does not tell. */
  readonly tookEffect?: (scene: StoreScene) => Promise<boolean>
}

const isThere =
  (version: string) =>
  async (scene: StoreScene): Promise<boolean> =>
    ((await scene.files.list('versions')) ?? []).includes(version)

const inUse = async (scene: StoreScene): Promise<void> => {
  await scene.service({ name: 'tiny', accuracyFloor: 0.5 })
  const store = await scene.open()
  for (const version of ['1.0.0', '2.0.0']) {
    await store.register(versionEntry(version))
    await store.promote(version)
  }
  await store.register(versionEntry('3.0.0'))
}

const commands: readonly Command[] = [
  {
    title: 'the first register',
    prepare: () => Promise.resolve(),
    run: (store) => store.register(versionEntry('1.0.0')),
    before: 'MODEL_LOAD_FAILED',
    after: 'MODEL_LOAD_FAILED',
    told: [
      ['register', '1.0.0'],
      ['stage', '1.0.0'],
    ],
    tookEffect: isThere('1.0.0'),
  },
  {
    title: 'the first register beside a version put there by hand',
    prepare: (scene) => scene.addByHand('1.0.0'),
    run: (store) => store.register(versionEntry('2.0.0', 'development')),
    before: '1.0.0',
    after: '1.0.0',
    told: [['register', '2.0.0']],
    tookEffect: isThere('2.0.0'),
  },
  {
    title: 'register to staging',
    prepare: inUse,
    run: (store) => store.register(versionEntry('4.0.0')),
    before: '2.0.0',
    after: '2.0.0',
    told: [
      ['register', '4.0.0'],
      ['stage', '4.0.0'],
    ],
    tookEffect: isThere('4.0.0'),
  },
  {
    title: 'promote',
    prepare: inUse,
    run: (store) => store.promote('3.0.0'),
    before: '2.0.0',
    after: '3.0.0',
    told: [
      ['promote', '3.0.0'],
      ['deprecate', '2.0.0'],
    ],
  },
  {
    title: 'rollback',
    prepare: inUse,
    run: (store) => store.rollback(),
    before: '2.0.0',
    after: '1.0.0',
    told: [
      ['rollback', '1.0.0'],
      ['deprecate', '2.0.0'],
    ],
  },
  {
    title: 'two commands in a row',
    prepare: inUse,
    run: async (store) => {
      await store.promote('3.0.0')
      await store.rollback({ reason: 'worse' })
    },
    before: '2.0.0',
    after: '2.0.0',
    told: [],
  },
]

/** Runs `run` in a process that dies at point `killAt`. @returns false where it came to its end before */
async function killed(scene: StoreScene, killAt: number, run: Command['run']): Promise<boolean> {
  let isKilled = false
  const kill = (): never => {
    isKilled = true
    throw new Killed()
  }
  const { process, ...world } = scene.world(dyingFiles(scene.files, killAt, kill))
  try {
    await run(await openFolderStore({ process, ...world }, { waitMs: 500 }))
  } catch (error) {
    // a command that was recovered may be refused when it is run again
    if (!isKilled && !/promote a version by its name/.test(String(error))) throw error
  }
  scene.processes.kill(process.self.pid)
  return isKilled
}

const shown = (scene: StoreScene): Promise<string> => scene.served()

/** The next command works, and leaves a history that says what is true, and nothing else behind. */
async function settle(scene: StoreScene): Promise<void> {
  const store = await scene.open()
  await store.register(versionEntry('5.0.0', 'development'))
  const { entries, torn } = parseHistory(await scene.text('history.jsonl'), 'history.jsonl')
  expect(torn).toEqual([])
  expect(recordedProduction(entries)).toBe(await store.production())
  const registered = entries.filter(({ action }) => action === 'register').map(({ version }) => version)
  expect(new Set(registered).size).toBe(registered.length)
  const known = new Set(registered)
  const versions = await store.versions()
  for (const { version, state } of versions) if (!known.has(version)) expect(state).not.toBe('staging')
  for (const version of registered) expect(versions.map((stored) => stored.version)).toContain(version)
  expect(scene.disk.paths().filter((path) => /(^|\/)\./.test(path))).toEqual([])
}

const single = commands.flatMap((command) => [
  { ...command, power: 'kept' as const },
  { ...command, power: 'lost' as const },
])

describe('a process that dies at any operation of', () => {
  it.each(single)('$title, power $power: one whole version, and the history catches up', async (command) => {
    const base = new StoreScene()
    await command.prepare(base)
    expect(await shown(base)).toBe(command.before)
    let sawAfter = false
    let points = 0
    for (let killAt = 1; ; killAt++) {
      const scene = new StoreScene(base.disk.clone())
      if (!(await killed(scene, killAt, command.run))) break
      points++
      if (command.power === 'lost') scene.disk.losePower()
      const served = await shown(scene)
      const allowed = command.title.startsWith('two') ? ['2.0.0', '3.0.0'] : [command.before, command.after]
      expect(allowed).toContain(served)
      sawAfter ||= served === command.after
      const tookEffect = await (command.tookEffect?.(scene) ?? served === command.after)
      await settle(scene)
      expect(await shown(scene)).toBe(served)
      const history = await (await scene.open()).history()
      for (const [action, version] of command.told)
        expect(history.filter((entry) => entry.action === action && entry.version === version)).toHaveLength(
          tookEffect ? 1 : 0,
        )
      const { aliases = {} } = JSON.parse(await scene.text('service.json')) as { aliases?: Record<string, string> }
      const staged = command.told.find(([action]) => action === 'stage')?.[1]
      if (tookEffect && staged !== undefined) expect(aliases['staging']).toBe(staged)
    }
    expect(points).toBeGreaterThan(10)
    expect(sawAfter).toBe(true)
  })

  const chosen = commands.filter(({ title }) => ['register to staging', 'promote', 'rollback'].includes(title))
  it.each(chosen)('$title, and then of what mends it', async ({ prepare, run, before, after }) => {
    const base = new StoreScene()
    await prepare(base)
    for (let first = 1; ; first++) {
      const scene = new StoreScene(base.disk.clone())
      if (!(await killed(scene, first, run))) break
      for (let second = 1; ; second++) {
        const again = new StoreScene(scene.disk.clone())
        again.processes.kill(100)
        const next = (store: ModelStore) => store.register(versionEntry('6.0.0', 'development'))
        const isKilled = await killed(again, second, next)
        expect([before, after]).toContain(await shown(again))
        if (!isKilled) break
        await settle(again)
        expect([before, after]).toContain(await shown(again))
      }
    }
  })
})

describe('a history that was cut off', () => {
  it('keeps the cut line, and tells of it and of what the command did', async () => {
    const scene = new StoreScene()
    await inUse(scene)
    let told = false
    for (let killAt = 1; ; killAt++) {
      const again = new StoreScene(scene.disk.clone())
      if (!(await killed(again, killAt, (store) => store.promote('3.0.0', { reason: 'better' })))) break
      const cut = (await again.text('history.jsonl')).split('\n').at(-1) ?? ''
      if (cut === '') continue
      told = true
      const store = await again.open()
      const history = await store.history()
      expect(history.find(({ action, version }) => action === 'promote' && version === '3.0.0')).toMatchObject({
        previous: '2.0.0',
        reason: 'better',
      })
      expect(history.at(-1)).toMatchObject({ action: 'recover', version: '3.0.0' })
      expect(history.at(-1)?.reason).toMatch(
        /^line 1[01] is cut off: \{"seq":1[01],.*; promote of 3\.0\.0 was interrupted/,
      )
      expect((await again.text('history.jsonl')).split('\n')).toContain(cut)
    }
    expect(told).toBe(true)
  })
})

it('a disk that is full once a promotion took effect is an error, and the next open tells the history', async () => {
  const scene = new StoreScene()
  await inUse(scene)
  const full = { ...scene.files, append: () => Promise.reject(new Error('ENOSPC: no space left on device')) }
  const store = await openFolderStore(scene.world(full))
  await expect(store.promote('3.0.0', { reason: 'better' })).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringMatching(/cannot write models\/tiny: ENOSPC.*; the next command mends/) as string,
  })
  expect(await scene.served()).toBe('3.0.0')
  const history = await (await scene.open()).history()
  expect(history.slice(-3)).toMatchObject([
    { action: 'promote', version: '3.0.0', previous: '2.0.0', reason: 'better' },
    { action: 'deprecate', version: '2.0.0' },
    { action: 'recover', version: '3.0.0', reason: 'promote of 3.0.0 was interrupted after it took effect' },
  ])
})
