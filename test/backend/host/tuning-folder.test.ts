// Timings on disk: what comes back, who may read it, when it is forgotten, and what is no entry at all.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Tuning } from '../../../src/backend/choice/tuning.ts'
import { createTuningFolder } from '../../../src/backend/host/tuning-folder.ts'

const timings = [
  { rowCount: 1, microsPerRow: 2.5 },
  { rowCount: 512, microsPerRow: 0.25 },
]
const tuning: Tuning = { kernel: timings, graph: 'native', graphs: [{ name: 'native', timings }] }
const dayMs = 24 * 60 * 60 * 1000

let root: string
let nowMs: number
let machine: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tuning-folder-'))
  nowMs = 1_800_000_000_000
  machine = 'this one'
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const open = (cache = join(root, 'cache')) =>
  createTuningFolder({ env: { TFJS_SERVING_CACHE: cache }, wallClock: () => nowMs, machine: () => machine })
const folder = () => join(root, 'cache', 'tunings')
const files = () => readdirSync(folder()).map((name) => join(folder(), name))

test('gives back what it was given, to another process as well', async () => {
  expect(await open().read('model')).toBeUndefined()
  await open().write('model', tuning)
  expect(await open().read('model')).toEqual(tuning)
  expect(await open().read('another model')).toBeUndefined()
  machine = 'another one'
  expect(await open().read('model')).toBeUndefined()
})

test('knows the machine that it runs on', async () => {
  const store = () => createTuningFolder({ env: { TFJS_SERVING_CACHE: root } })
  await store().write('model', tuning)
  expect(await store().read('model')).toEqual(tuning)
  const hidden = createTuningFolder({ env: { TFJS_SERVING_CACHE: root, CUDA_VISIBLE_DEVICES: '1' } })
  expect(await hidden.read('model')).toBeUndefined()
})

test('keeps files for their user alone, whole, and nothing beside them', async () => {
  await Promise.all([1, 2, 3].map(() => open().write('model', tuning)))
  expect(files()).toHaveLength(1)
  expect(statSync(folder()).mode & 0o777).toBe(0o700)
  expect(statSync(files()[0]).mode & 0o777).toBe(0o600)
})

test('drops what nobody has asked for in 30 days, and keeps what is in use', async () => {
  await open().write('unused', tuning)
  await open().write('in use', tuning)
  nowMs += 20 * dayMs
  expect(await open().read('in use')).toEqual(tuning)
  nowMs += 20 * dayMs
  await open().write('new', tuning)
  expect(files()).toHaveLength(2)
  expect(await open().read('in use')).toEqual(tuning)
  expect(await open().read('unused')).toBeUndefined()
})

test('forgets after a day what a backend that was missing may have changed', async () => {
  const partly: Tuning = { kernel: timings, graphs: [{ name: 'webgpu' }] }
  await open().write('model', partly)
  nowMs += dayMs
  expect(await open().read('model')).toEqual(partly)
  nowMs++
  expect(await open().read('model')).toBeUndefined()
})

test('is no cache where the folder cannot be written or read', async () => {
  writeFileSync(join(root, 'cache'), 'a file in the way')
  await expect(open().write('model', tuning)).resolves.toBeUndefined()
  await expect(open().read('model')).resolves.toBeUndefined()
})

const entry = (changed: unknown, writtenAtMs: unknown = 1_800_000_000_000) =>
  JSON.stringify({ writtenAtMs, tuning: changed })
const hostile: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['no JSON', '{'],
  ['null', 'null'],
  ['a list', '[]'],
  ['no tuning', '{"writtenAtMs":1}'],
  ['no time', entry(tuning, 'now')],
  ['a time to come', entry(tuning, 1_900_000_000_000)],
  ['a kernel without timings', entry({ ...tuning, kernel: [] })],
  ['negative times', entry({ ...tuning, kernel: [{ rowCount: 1, microsPerRow: -1 }] })],
  ['times that are text', entry({ ...tuning, kernel: [{ rowCount: 1, microsPerRow: '1' }] })],
  ['sizes out of order', entry({ ...tuning, kernel: [...timings].reverse() })],
  ['half a row', entry({ ...tuning, kernel: [{ rowCount: 0.5, microsPerRow: 1 }] })],
  [
    'too many timings',
    entry({ ...tuning, kernel: Array.from({ length: 65 }, (_, i) => ({ rowCount: i + 1, microsPerRow: 1 })) }),
  ],
  ['an unknown backend', entry({ ...tuning, graphs: [{ name: 'constructor', timings }] })],
  ['a kernel among graphs', entry({ ...tuning, graph: 'kernel', graphs: [{ name: 'kernel', timings }] })],
  ['a graph twice', entry({ ...tuning, graphs: [...tuning.graphs, ...tuning.graphs] })],
  ['a graph that nobody timed', entry({ ...tuning, graphs: [{ name: 'native' }] })],
  ['graphs that are none', entry({ ...tuning, graphs: 'native' })],
  ['more than an entry', `${entry(tuning)}${' '.repeat(70_000)}`],
]

test.each(hostile)('takes %s for no entry, and writes over it', async (_, text) => {
  await open().write('model', tuning)
  writeFileSync(files()[0], text)
  expect(await open().read('model')).toBeUndefined()
  await open().write('model', tuning)
  expect(await open().read('model')).toEqual(tuning)
})

test('takes no words from a file', async () => {
  await open().write('model', tuning)
  const [file] = files()
  writeFileSync(file, entry({ ...tuning, why: 'run this', graphs: [{ name: 'native', timings, remedy: 'run this' }] }))
  expect(JSON.stringify(await open().read('model'))).not.toContain('run this')
})

test('waits for no folder in the place of an entry', async () => {
  await open().write('model', tuning)
  const [file] = files()
  rmSync(file)
  mkdirSync(file)
  utimesSync(file, 0, 0)
  expect(await open().read('model')).toBeUndefined()
})
