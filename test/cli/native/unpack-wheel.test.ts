// Unpacking a wheel: only what is kept, only inside its folders, and never a file that is half there.
import { zipSync } from 'fflate'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { installFolders } from '../../../src/cli/native/install-folders.ts'
import { isUnpacked, unpackWheel } from '../../../src/cli/native/unpack-wheel.ts'
import { createFakeInstall, place } from './fake-install.ts'

function createWheel(entries: Record<string, Uint8Array>, keep: readonly string[]) {
  const { cache, home, wheel } = createFakeInstall()
  const path = place(cache, 'some.whl', zipSync(entries))
  return { path, folders: installFolders(home), cache, wheel: { ...wheel, keep } }
}

const library = new Uint8Array(300_000).map((_, i) => i % 253)

test('keeps whole folders and single files by name, headers apart from libraries', async () => {
  const entries = {
    'tensorflow/include/a/x.h': new Uint8Array(3),
    'tensorflow/libone.so': library,
    'tensorflow/libone.so.debug': library,
    'other/lib/': new Uint8Array(),
    'other/lib/libtwo.so.1': new Uint8Array(5),
    'other/library/libthree.so': new Uint8Array(5),
  }
  const { path, folders, wheel } = createWheel(entries, ['tensorflow/include/', 'tensorflow/libone.so', 'other/lib/'])
  const bytes: number[] = []
  await unpackWheel(path, wheel, folders, { onBytes: (byteLength) => bytes.push(byteLength) })
  expect(readFileSync(join(folders.libraries, 'tensorflow/libone.so'))).toEqual(Buffer.from(library))
  expect(statSync(join(folders.build, 'tensorflow/include/a/x.h')).size).toBe(3)
  expect(statSync(join(folders.libraries, 'other/lib/libtwo.so.1')).size).toBe(5)
  for (const left of ['tensorflow/libone.so.debug', 'other/library', 'tensorflow/include'])
    expect(existsSync(join(folders.libraries, left))).toBe(false)
  expect(bytes.reduce((sum, part) => sum + part, 0)).toBe(300_008)
})

test('knows what it has unpacked, and what is no longer so', async () => {
  const { path, folders, wheel } = createWheel({ 'a/libone.so': library }, ['a/libone.so'])
  expect(await isUnpacked(wheel, folders, 'all')).toBe(false)
  await unpackWheel(path, wheel, folders)
  expect(await isUnpacked(wheel, folders, 'all')).toBe(true)
  expect(await isUnpacked({ ...wheel, sha256: 'another' }, folders, 'all')).toBe(false)
  expect(await isUnpacked({ ...wheel, keep: ['a/'] }, folders, 'all')).toBe(false)
  place(join(folders.libraries, 'a'), 'libone.so', 'shorter')
  expect(await isUnpacked(wheel, folders, 'libraries')).toBe(false)
})

test('does not write again what an earlier call has written whole', async () => {
  const { path, folders, wheel } = createWheel({ 'a/libone.so': library }, ['a/libone.so'])
  const file = place(join(folders.libraries, 'a'), 'libone.so', library)
  const { ino } = statSync(file)
  let byteLength = 0
  await unpackWheel(path, wheel, folders, { onBytes: (more) => (byteLength += more) })
  expect({ ino: statSync(file).ino, byteLength }).toEqual({ ino, byteLength: library.length })
})

test.each(['../outside.so', 'a/../../outside.so', '/outside.so', 'a\\outside.so', 'C:/outside.so'])(
  'refuses an entry named %s',
  async (name) => {
    const { path, folders, cache, wheel } = createWheel({ [name]: library }, [name])
    await expect(unpackWheel(path, wheel, folders)).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' })
    expect(existsSync(join(cache, 'outside.so')) || existsSync('/outside.so')).toBe(false)
    expect(existsSync(folders.libraries)).toBe(false)
  },
)

test('refuses a wheel that lacks what it should have, by name', async () => {
  const { path, folders, wheel } = createWheel({ 'a/libone.so': library }, ['a/libone.so', 'a/libtwo.so', 'b/'])
  await expect(unpackWheel(path, wheel, folders)).rejects.toThrow(/has no a\/libtwo\.so, b\/: it is not the wheel/)
  expect(await isUnpacked(wheel, folders, 'all')).toBe(false)
})

test.each([
  ['no zip', () => new Uint8Array(1000)],
  ['a zip that is cut', (zip: Uint8Array) => zip.subarray(0, zip.length >> 1)],
  ['a zip with changed bytes', (zip: Uint8Array) => zip.map((byte, i) => (i > 400 && i < 500 ? byte ^ 0x55 : byte))],
])('refuses %s', async (_title, spoil) => {
  const { path, folders, cache, wheel } = createWheel({ 'a/libone.so': library }, ['a/libone.so'])
  place(cache, 'some.whl', spoil(readFileSync(path)))
  await expect(unpackWheel(path, wheel, folders)).rejects.toThrow(/^cannot read tensorflow_cpu-\S+ as a zip: /)
  expect(existsSync(join(folders.libraries, 'a/libone.so'))).toBe(false)
})

test('an interruption in the middle of a file leaves none under its name', async () => {
  const { path, folders, wheel } = createWheel({ 'a/libone.so': library }, ['a/libone.so'])
  const interruption = new AbortController()
  const options = { signal: interruption.signal, onBytes: () => interruption.abort(new Error('stop')) }
  await expect(unpackWheel(path, wheel, folders, options)).rejects.toThrow('stop')
  expect(existsSync(join(folders.libraries, 'a/libone.so'))).toBe(false)
  await unpackWheel(path, wheel, folders)
  expect(await isUnpacked(wheel, folders, 'all')).toBe(true)
})
