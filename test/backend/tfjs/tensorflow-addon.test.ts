// The native add-on where there is none, or a broken one: what users are told.
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { markerName, nativeHome } from '../../../src/backend/host/native-home.ts'
import { createCudaBackend } from '../../../src/backend/tfjs/cuda.ts'
import { createNativeBackend } from '../../../src/backend/tfjs/native.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'native-'))
  vi.stubEnv('TFJS_SERVING_CACHE', root)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(root, { recursive: true })
})

const backends = [
  ['native', createNativeBackend, 'npx tfjs-serving native install'],
  ['cuda', () => createCudaBackend({}, () => undefined), 'npx tfjs-serving native install --gpu'],
] as const

test.each(backends)('says how to install it where %s asks for one that is not there', async (_, create, remedy) => {
  await expect(create().open()).rejects.toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
    message: `the native add-on is not installed; run \`${remedy}\``,
    details: { remedy },
  })
})

const flavours = { native: 'cpu', cuda: 'gpu' } as const

test.each(backends)('says which file it is where %s finds one that cannot be loaded', async (name, create, remedy) => {
  const addon = install(flavours[name])
  await expect(create().open()).rejects.toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
    message: expect.stringContaining(join(addon, 'tfjs_binding.node')) as string,
    details: { remedy },
  })
})

test('takes the gpu flavour for native where it is the only one', async () => {
  const addon = install('gpu')
  await expect(createNativeBackend().open()).rejects.toThrow(join(addon, 'tfjs_binding.node'))
})

test('knows an install without its marker as none', async () => {
  install('cpu')
  rmSync(join(nativeHome('cpu'), markerName))
  await expect(createNativeBackend().open()).rejects.toThrow('is not installed')
})

test('registers nothing where it is not there', async () => {
  await createNativeBackend()
    .open()
    .catch(() => undefined)
  const tf = await import('@tensorflow/tfjs-core')
  expect(tf.engine().backendNames()).not.toContain('tensorflow')
})

/** All that an install has, with a binary that is none. */
function install(flavour: 'cpu' | 'gpu'): string {
  const home = nativeHome(flavour)
  const addon = join(home, 'addon')
  const packageName = flavour === 'cpu' ? '@tensorflow/tfjs-node' : '@tensorflow/tfjs-node-gpu'
  const dist = join(addon, 'node_modules', packageName, 'dist')
  mkdirSync(dist, { recursive: true })
  writeFileSync(join(dist, '..', 'package.json'), '{}')
  writeFileSync(join(dist, 'register_all_kernels.js'), '')
  writeFileSync(join(dist, 'nodejs_kernel_backend.js'), 'exports.NodeJSKernelBackend = class {}')
  writeFileSync(join(addon, 'tfjs_binding.node'), 'not a library')
  const marker = { flavour, tensorflow: '2.21.0', tfjsNode: '4.22.0', addon: 'addon' }
  writeFileSync(join(home, markerName), JSON.stringify(marker))
  return addon
}
