// Which adapter is taken of those that Dawn has, and what is said where none fits.
import { expect, test } from 'vitest'
import { chooseAdapter, type Dawn, type GpuAdapterInfo } from '../../../src/backend/tfjs/webgpu-adapter.ts'

type Card = { readonly name: string; readonly backend?: string; readonly info?: Partial<GpuAdapterInfo> }

const swiftshader = {
  name: 'SwiftShader Device (Subzero)',
  info: {
    vendor: 'google',
    architecture: 'swiftshader',
    description: 'SwiftShader driver 5.0.0',
    isFallbackAdapter: true,
  },
}
const nvidia = {
  name: 'NVIDIA L4',
  info: { vendor: 'nvidia', architecture: 'lovelace', description: 'NVIDIA: 550.54' },
}
const intel = { name: 'Intel(R) UHD Graphics', info: { vendor: 'intel', architecture: 'gen-9' } }

/** Answers as Dawn 0.6.2 does: an adapter that is not there makes it list those that are, and none at all gives null. */
function dawnWith(cards: readonly Card[], first?: Card): Dawn {
  const adapterOf = ({ name, info }: Card) => ({
    info: { vendor: '', architecture: '', device: name.toLowerCase(), description: '', ...info },
    limits: {},
    requestDevice: () => Promise.reject(new Error('not asked for here')),
  })
  return {
    globals: {},
    create: (options) => ({
      async requestAdapter() {
        const wanted = Object.fromEntries(options.map((option) => option.split('=', 2))) as Partial<
          Record<string, string>
        >
        if (cards.length === 0) return null
        if (wanted['adapter'] === undefined) return adapterOf(first ?? cards[0])
        const found = cards.find(
          ({ name, backend = 'vulkan' }) => name === wanted['adapter'] && backend === wanted['backend'],
        )
        if (found !== undefined) return adapterOf(found)
        const list = cards.map(({ name, backend = 'vulkan' }) => ` * backend: '${backend}', name: '${name}'`)
        throw new Error(`no suitable backends found\nAvailable adapters:\n${list.join('\n')}`)
      },
    }),
  }
}

test('takes a real adapter where there is a software one too', async () => {
  const found = await chooseAdapter(dawnWith([swiftshader, nvidia]))
  expect(found).toMatchObject({ name: 'NVIDIA L4', kind: 'gpu', adapter: { info: { description: 'NVIDIA: 550.54' } } })
})

test('takes the real adapter that Dawn would take itself', async () => {
  expect(await chooseAdapter(dawnWith([intel, nvidia], nvidia))).toMatchObject({ name: 'NVIDIA L4' })
  expect(await chooseAdapter(dawnWith([intel, nvidia], swiftshader))).toMatchObject({ name: intel.name })
})

test('takes the adapter whose name has the part that was asked for, in any case', async () => {
  const dawn = dawnWith([nvidia, intel])
  expect(await chooseAdapter(dawn, { adapterName: 'uhd' })).toMatchObject({ name: intel.name })
})

test('asks for an adapter under the backend that lists it', async () => {
  const dawn = dawnWith([{ ...nvidia, backend: 'd3d12' }])
  expect(await chooseAdapter(dawn)).toMatchObject({ name: 'NVIDIA L4' })
})

test.each([
  ['isFallbackAdapter', { name: 'Some Renderer', info: { isFallbackAdapter: true } }],
  ['its architecture', { name: 'Device', info: { architecture: 'swiftshader' } }],
  ['its name', { name: 'llvmpipe (LLVM 15.0.6, 256 bits)' }],
  ['its description', { name: 'Vulkan Device', info: { description: 'lavapipe' } }],
  ['the name of Windows’ own', { name: 'Microsoft Basic Render Driver' }],
])('knows a software adapter by %s, and takes it only on request', async (_, card) => {
  await expect(chooseAdapter(dawnWith([card]))).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' })
  expect(await chooseAdapter(dawnWith([card]), { adapter: 'software' })).toMatchObject({ kind: 'software' })
})

test.each([
  ['no adapter at all', [], undefined, /Dawn found none; install libvulkan1.*graphics/],
  [
    'only a software adapter',
    [swiftshader],
    undefined,
    /only a software adapter: SwiftShader Device \(Subzero\); ask for it with backendOptions.webgpu.adapter 'software'/,
  ],
  ['no adapter of that name', [nvidia, intel], { adapterName: 'AMD' }, /none has 'AMD'.*NVIDIA L4, Intel/],
  ['no software adapter', [nvidia], { adapter: 'software' } as const, /no software adapter, only NVIDIA L4/],
])('says what was found and what to do where there is %s', async (_, cards, options, text) => {
  const adapters = cards.map(({ name }) => expect.objectContaining({ name }) as unknown)
  await expect(chooseAdapter(dawnWith(cards), options)).rejects.toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
    message: expect.stringMatching(text) as unknown,
    details: { backend: 'webgpu', adapters, remedy: expect.stringMatching(/./) as unknown },
  })
})
