// What is not installed is said with the command that mends it, before any process is started for it.
import { expect, test, vi } from 'vitest'
import { createInstalledBackend, type Installs } from '../../../src/backend/choice/installed-backend.ts'
import { createLateBackend } from '../../../src/backend/choice/late-backend.ts'
import type { ForkedName } from '../../../src/backend/host/host-protocol.ts'
import { artifact, createFake } from './fake-backends.ts'

vi.unmock('../../../src/backend/choice/installed-backend.ts')

const installsOf = (...there: string[]): Installs => ({
  hasPackage: (name) => there.includes(name),
  hasNative: (flavour) => Promise.resolve(there.includes(flavour)),
})

test.each<[ForkedName, string]>([
  ['cuda', 'npx tfjs-serving native install --gpu'],
  ['native', 'npx tfjs-serving native install'],
  ['webgpu', 'npm install webgpu@0.6.2 @tensorflow/tfjs-backend-webgpu@4.22.0'],
])('starts nothing for %s where it is not installed', async (name, remedy) => {
  const fake = createFake(name)
  const backend = createInstalledBackend(name, {}, { backend: fake.backend, installs: installsOf('webgpu', 'cpu2') })
  const missing = { code: 'BACKEND_UNAVAILABLE', details: { backend: name, remedy } }
  await expect(backend.open()).rejects.toMatchObject(missing)
  await expect(backend.load(artifact)).rejects.toMatchObject(missing)
  expect(fake.counts).toEqual({ opened: 0, loaded: 0, disposed: 0 })
})

test.each<[ForkedName, string[]]>([
  ['cuda', ['gpu']],
  ['cuda', ['@tensorflow/tfjs-node-gpu']],
  ['native', ['cpu']],
  ['native', ['gpu']],
  ['native', ['@tensorflow/tfjs-node']],
  ['native', ['@tensorflow/tfjs-node-gpu']],
  ['webgpu', ['webgpu', '@tensorflow/tfjs-backend-webgpu']],
])('opens %s where %j is there', async (name, there) => {
  const fake = createFake(name)
  const backend = createInstalledBackend(name, {}, { backend: fake.backend, installs: installsOf(...there) })
  await backend.open()
  await backend.load(artifact)
  expect(fake.counts).toMatchObject({ opened: 1, loaded: 1 })
})

test('finds what is installed after it was asked for in vain', async () => {
  const there = new Set<string>()
  const installs = { ...installsOf(), hasNative: (flavour: string) => Promise.resolve(there.has(flavour)) }
  const backend = createInstalledBackend('native', {}, { backend: createFake('native').backend, installs })
  await expect(backend.open()).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' })
  there.add('cpu')
  expect(await backend.open()).toMatchObject({ library: 'libnative 1.0' })
})

test('makes a late backend once, at its first use, and has nothing to close before', async () => {
  let madeCount = 0
  const fake = createFake('webgpu')
  const create = () => Promise.resolve((madeCount++, fake.backend))
  const late = createLateBackend({ name: 'webgpu', description: 'late', create })
  await late.close()
  expect([late.health(), await late.tensorCount(), madeCount]).toEqual([{ restartCount: 0 }, 0, 0])
  await Promise.all([late.open(), late.load(artifact)])
  fake.health.restartCount = 3
  expect([late.health().restartCount, madeCount]).toEqual([3, 1])
})

test('says why a late backend could not be imported, and tries again', async () => {
  let isBroken = true
  const fake = createFake('webgpu')
  const create = () => (isBroken ? Promise.reject(new TypeError('no such file')) : Promise.resolve(fake.backend))
  const late = createLateBackend({ name: 'webgpu', description: 'late', create })
  await expect(late.open()).rejects.toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
    message: expect.stringContaining('no such file') as string,
  })
  isBroken = false
  expect(await late.open()).toMatchObject({ library: 'libwebgpu 1.0' })
})
