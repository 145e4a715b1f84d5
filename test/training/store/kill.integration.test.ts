// Commands of a store in processes that SIGKILL ends at each of their operations, on a real disk, under a real registry.
import { spawn } from 'node:child_process'
import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { beforeAll, expect, it } from 'vitest'
import { openModelStore } from '../../../src/training/store/model-store.ts'
import { temporaryModelsDir, type ModelsDir } from '../../helpers/artifacts.ts'
import { createRegistry } from '../../helpers/registries.ts'
import { offsetOf, versionEntry } from './store-scene.ts'

let script = ''

beforeAll(async () => {
  const entry = fileURLToPath(new URL('store-child.ts', import.meta.url))
  const options = { bundle: true, platform: 'node', format: 'esm', packages: 'external', write: false } as const
  const { outputFiles } = await build({ entryPoints: [entry], ...options })
  script = outputFiles[0].text
})

/** @returns whether the process was killed; it ends well otherwise */
async function isKilled(modelDir: string, command: string, killAt: number): Promise<boolean> {
  const cwd = fileURLToPath(new URL('../../../', import.meta.url))
  const child = spawn(process.execPath, ['--input-type=module', '-', modelDir, command, String(killAt)], {
    cwd,
    stdio: ['pipe', 'inherit', 'inherit'],
  })
  child.stdin.end(script)
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
    child.on('close', (...end) => resolve(end)),
  )
  expect(signal ?? code).toBeOneOf(['SIGKILL', 0])
  return signal === 'SIGKILL'
}

/** 2.0.0 is in production, after 1.0.0; 3.0.0 is staged. */
async function prepared(): Promise<ModelsDir> {
  const dir = temporaryModelsDir()
  dir.addFile('tiny', 'service.json', { name: 'tiny', accuracyFloor: 0.5 })
  const store = await openModelStore(join(dir.path, 'tiny'))
  for (const version of ['1.0.0', '2.0.0']) {
    await store.register(versionEntry(version))
    await store.promote(version)
  }
  await store.register(versionEntry('3.0.0'))
  return dir
}

/** The version that answers, which answers as that version does. */
async function served(dir: ModelsDir): Promise<string | null> {
  const registry = createRegistry(dir, { backend: 'cpu', caching: false })
  const predictor = await registry.getModelPredictor('tiny')
  const { value, version, source } = await predictor.predict([7, 0])
  expect({ source, value }).toEqual({ source: 'model', value: 7 + offsetOf(version ?? '') })
  await registry.close()
  return version
}

it.each([
  ['register@4.0.0', ['2.0.0'], 25],
  ['promote', ['2.0.0', '3.0.0'], 15],
  ['rollback', ['2.0.0', '1.0.0'], 15],
  ['both', ['2.0.0', '3.0.0'], 30],
] as const)(
  'a %s that is killed at any operation leaves a registry on one whole version',
  async (command, versions, leastPoints) => {
    const base = await prepared()
    const seen = new Set<string | null>()
    let points = 0
    for (let killAt = 1; ; killAt++) {
      const dir = temporaryModelsDir()
      cpSync(base.path, dir.path, { recursive: true })
      const modelDir = join(dir.path, 'tiny')
      if (!(await isKilled(modelDir, command, killAt))) break
      points++
      const version = await served(dir)
      expect(versions).toContain(version)
      seen.add(version)
      const store = await openModelStore(modelDir)
      expect(await store.production()).toBe(version)
      const history = await store.history()
      const last = history.findLast(({ action }) => ['promote', 'rollback', 'recover'].includes(action))
      expect(last?.version).toBe(version)
      expect(readdirSync(modelDir).filter((name) => name.startsWith('.'))).toEqual([])
      await store.register(versionEntry('5.0.0'))
      await store.promote('5.0.0')
      expect(await served(dir)).toBe('5.0.0')
      expect(await store.rollback()).toBe(version)
      const lines = readFileSync(join(modelDir, 'history.jsonl'), 'utf8')
      expect(lines.endsWith('\n')).toBe(true)
      dir.remove('')
    }
    console.info(`${command}: killed at ${points} points, then served ${[...seen].join(', ')}`)
    expect(points).toBeGreaterThan(leastPoints)
    expect([...seen].sort()).toEqual([...versions].sort())
  },
)

it('six processes at the same time, two of which are killed at work, register one after the other', async () => {
  const dir = temporaryModelsDir()
  dir.addFile('tiny', 'service.json', { name: 'tiny' })
  const modelDir = join(dir.path, 'tiny')
  const never = 10_000
  const killAts = [never, 9, never, never, 21, never]
  const kills = await Promise.all(killAts.map((killAt, i) => isKilled(modelDir, `register@${i + 1}.0.0`, killAt)))
  expect(kills).toEqual(killAts.map((killAt) => killAt !== never))
  const store = await openModelStore(modelDir)
  const versions = (await store.versions()).map(({ version }) => version)
  expect(versions).toEqual(expect.arrayContaining(['1.0.0', '3.0.0', '4.0.0', '6.0.0']))
  const registered = (await store.history()).filter(({ action }) => action === 'register')
  expect(registered.map(({ version }) => version).sort()).toEqual(versions)
  expect(readdirSync(modelDir).filter((name) => name.startsWith('.'))).toEqual([])
})
