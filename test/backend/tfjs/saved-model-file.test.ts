// SavedModels on disk: one by its hash, made anew where it is damaged, and a temporary one where the cache cannot be written.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import process from 'node:process'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { saveSavedModel } from '../../../src/backend/tfjs/saved-model-file.ts'

const bytes = new TextEncoder().encode('a graph')

let root: string
const oldTmpdir = process.env['TMPDIR']
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'saved-model-file-'))
})
afterEach(() => {
  if (oldTmpdir === undefined) delete process.env['TMPDIR']
  else process.env['TMPDIR'] = oldTmpdir
  rmSync(root, { recursive: true, force: true })
})

const save = (what = bytes, cache = join(root, 'cache')) => saveSavedModel(what, { TFJS_SERVING_CACHE: cache })
const fileIn = (path: string) => join(path, 'saved_model.pb')
const contents = (path: string) => readFileSync(fileIn(path), 'utf8')

test('keeps what it is given by its hash, for its user alone', async () => {
  const { path, done } = await save()
  await done()
  expect(dirname(path)).toBe(join(root, 'cache', 'saved-models'))
  expect(basename(path)).toMatch(/^[0-9a-f]{64}$/)
  expect(contents(path)).toBe('a graph')
  expect(statSync(path).mode & 0o777).toBe(0o700)
  expect(statSync(fileIn(path)).mode & 0o777).toBe(0o600)
})

test('leaves a file that is right as it is', async () => {
  const { path } = await save()
  const before = statSync(fileIn(path))
  expect((await save()).path).toBe(path)
  expect(statSync(fileIn(path)).ino).toBe(before.ino)
})

const damages: readonly (readonly [string, (file: string) => void])[] = [
  ['cut short', (file) => writeFileSync(file, 'a gr')],
  ['empty', (file) => writeFileSync(file, '')],
  ['other', (file) => writeFileSync(file, 'A graph')],
  ['gone', (file) => rmSync(file)],
]

test.each(damages)('makes a file that is %s anew, and leaves nothing beside it', async (_, damage) => {
  const { path } = await save()
  damage(fileIn(path))
  expect((await save()).path).toBe(path)
  expect(contents(path)).toBe('a graph')
  expect(readdirSync(path)).toEqual(['saved_model.pb'])
})

test('gives many who ask at once the same whole file', async () => {
  const folders = await Promise.all(Array.from({ length: 20 }, () => save()))
  for (const { path } of folders) expect(contents(path)).toBe('a graph')
  expect(new Set(folders.map(({ path }) => path)).size).toBe(1)
  expect(readdirSync(folders[0].path)).toEqual(['saved_model.pb'])
})

test('serves from a temporary folder where the cache cannot be written, and takes it away', async () => {
  const file = join(root, 'file')
  writeFileSync(file, '')
  process.env['TMPDIR'] = root
  const { path, done } = await save(bytes, join(file, 'cache'))
  expect(dirname(path)).toBe(root)
  expect(contents(path)).toBe('a graph')
  await done()
  expect(existsSync(path)).toBe(false)
})

test('throws where nothing can be written', async () => {
  const file = join(root, 'file')
  writeFileSync(file, '')
  process.env['TMPDIR'] = join(file, 'tmp')
  await expect(save(bytes, join(file, 'cache'))).rejects.toThrow('ENOTDIR')
})

test('takes folders away that nobody asked for in a month', async () => {
  const kept = await save()
  const old = await save(new TextEncoder().encode('another'))
  const asked = await save(new TextEncoder().encode('a third'))
  const longAgo = new Date(Date.now() - 31 * 24 * 60 * 60 * 1000)
  for (const { path } of [old, asked]) utimesSync(path, longAgo, longAgo)
  await save(new TextEncoder().encode('a third'))
  await kept.done()
  expect([kept, old, asked].map(({ path }) => existsSync(path))).toEqual([true, false, true])
})

test('takes no other folder of the cache away', async () => {
  const native = join(root, 'cache', 'native')
  mkdirSync(native, { recursive: true })
  utimesSync(native, new Date(0), new Date(0))
  await (await save()).done()
  expect(existsSync(native)).toBe(true)
})
