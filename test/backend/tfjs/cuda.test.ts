// What CUDA says about its card, what it refuses and when it is lost, on an add-on that computes as cpu does.
import type * as tfjsCore from '@tensorflow/tfjs-core'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { CudaOptions } from '../../../src/backend/backend-options.ts'
import { type NvidiaCard, type NvidiaFinding, noCards } from '../../../src/backend/host/nvidia-cards.ts'
import { createCudaBackend } from '../../../src/backend/tfjs/cuda.ts'
import type { TensorflowAddon } from '../../../src/backend/tfjs/tensorflow-addon.ts'
import { artifactOf, createRandom, randomChain, randomRows } from '../../helpers/random-regions.ts'
import { describeBackend, rawSlab, slabsOf } from '../../suites/backend-contract.ts'

const card: NvidiaCard = {
  index: 0,
  name: 'NVIDIA RTX A4000',
  uuid: 'GPU-3b4e6f0c-9d6f-4a60-8c4e-1f2d3c4b5a69',
  memoryByteLength: 16_376 * 2 ** 20,
  driverVersion: '570.124.06',
  isDivided: false,
}
const other: NvidiaCard = { ...card, index: 1, name: 'NVIDIA L4', uuid: 'GPU-7c1a0000-9d6f-4a60-8c4e-1f2d3c4b5a69' }
const listed = (...cards: NvidiaCard[]): NvidiaFinding => ({ kind: 'cards', cards })

const addon: TensorflowAddon = {
  packageName: '@tensorflow/tfjs-node-gpu 4.22.0',
  tensorflow: '2.21.0',
  isUsingGpuDevice: true,
  heldTensors: () => 0,
}

/** cpu under tfjs-node's name. */
async function registerCpu(tf: typeof tfjsCore): Promise<void> {
  const { MathBackendCPU } = await import('@tensorflow/tfjs-backend-cpu')
  if (tf.engine().backendNames().includes('tensorflow')) return
  tf.copyRegisteredKernels('cpu', 'tensorflow')
  tf.registerBackend('tensorflow', () => new MathBackendCPU())
}

type Given = {
  readonly finding?: NvidiaFinding
  readonly addon?: Partial<TensorflowAddon>
  readonly options?: CudaOptions
}

function createSubject({ finding = listed(card, other), addon: traits, options }: Given = {}) {
  const losses: string[] = []
  const backend = createCudaBackend(options, (reason) => void losses.push(reason), {
    loadAddon: async (tf) => {
      await registerCpu(tf)
      return { ...addon, ...traits }
    },
    findCards: () => Promise.resolve(finding),
  })
  return [backend, losses] as const
}

describeBackend('cuda, computed by cpu', () => createSubject()[0], { sizes: 'few' })

test('says which card it is, its memory and its driver', async () => {
  expect(await createSubject()[0].open()).toEqual({
    library: 'TensorFlow 2.21.0 through @tensorflow/tfjs-node-gpu 4.22.0',
    device: { kind: 'gpu', name: 'NVIDIA RTX A4000', driver: '570.124.06', memoryByteLength: 17_171_480_576 },
  })
})

const choices: readonly (readonly [string, Given, string])[] = [
  ['the card that is asked for', { options: { device: 1 } }, 'NVIDIA L4'],
  ['the card of a UUID', { options: { device: 'GPU-7c1a' } }, 'NVIDIA L4'],
  ['the card that is left visible', { addon: { visibleDevice: '1' } }, 'NVIDIA L4'],
  ['a part of a card', { finding: listed({ ...card, isDivided: true }) }, 'a part of NVIDIA RTX A4000'],
  [
    'that it does not know, where nvidia-smi does not list it',
    { finding: noCards('no-tool', 'nvidia-smi is not found') },
    'a CUDA device that nvidia-smi does not list',
  ],
]

test.each(choices)('names %s', async (_, given, name) => {
  expect((await createSubject(given)[0].open()).device.name).toBe(name)
})

const missing: readonly (readonly [string, Given, string, string])[] = [
  [
    'without a driver',
    { finding: noCards('no-tool', 'nvidia-smi is not found') },
    'nvidia-smi is not found',
    "install NVIDIA's driver",
  ],
  ['where the card that is asked for is not there', { options: { device: 4 } }, 'device 4 is not there', 'one of them'],
  ['where cards are hidden', { addon: { visibleDevice: '-1' } }, 'CUDA_VISIBLE_DEVICES hides every card', 'unset it'],
  ['where TensorFlow does not take the card', {}, 'NVIDIA RTX A4000 with driver 570.124.06', 'native install --gpu'],
]

test.each(missing)('says "no CUDA device" with reason and remedy %s', async (_, given, reason, remedy) => {
  const [backend] = createSubject({ ...given, addon: { ...given.addon, isUsingGpuDevice: false } })
  await expect(backend.open()).rejects.toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
    message: expect.stringMatching(/^no CUDA device: /) as string,
    details: {
      reason: expect.stringContaining(reason) as string,
      remedy: expect.stringContaining(remedy) as string,
    },
  })
})

const graph = randomChain(createRandom(5), [4, 3], 'identity')
const artifact = artifactOf(graph)

const budgets: readonly (readonly [string, Given, number])[] = [
  ['nine tenths of the card', {}, Math.floor(0.9 * 17_171_480_576)],
  ['what the user allows', { options: { memoryBudgetBytes: 1000 } }, 1000],
  ['two gibibytes where the card is divided', { finding: listed({ ...card, isDivided: true }) }, 2 ** 31],
]

test.each(budgets)('lets models hold %s', async (_, given, budgetBytes) => {
  const [backend] = createSubject(given)
  const models = []
  let refusal: unknown
  // each model reserves weights and a run: some 60 MiB
  while (refusal === undefined && models.length < 1000)
    try {
      models.push(await backend.load(artifact))
    } catch (error) {
      refusal = error
    }
  for (const model of models) model.dispose()
  expect(refusal).toMatchObject({ code: 'OUT_OF_MEMORY', details: { backend: 'cuda', budgetBytes } })
})

const failures: readonly (readonly [string, string, string, number])[] = [
  ['the card is lost', 'CUDA_ERROR_ILLEGAL_ADDRESS: an illegal memory access was encountered', 'EXECUTION_FAILED', 1],
  ['it has no memory', 'OOM when allocating tensor with shape[8,3] and type float', 'OUT_OF_MEMORY', 0],
]

test.each(failures)('tells its process where %s', async (_, text, code, lossCount) => {
  const [backend, losses] = createSubject()
  const model = await backend.load(artifact)
  onTestFinished(() => model.dispose())
  const tf = await import('@tensorflow/tfjs-core')
  const kernel = tf.getKernel('Add', 'tensorflow')
  const broken = vi.fn(() => {
    throw new Error(text)
  })
  const use = (kernelFunc: tfjsCore.KernelFunc): void => {
    tf.unregisterKernel('Add', 'tensorflow')
    tf.registerKernel({ ...kernel, kernelFunc })
  }
  onTestFinished(() => use(kernel.kernelFunc))
  use(broken)
  const rows = randomRows(createRandom(6), graph, 2)
  const run = async () => model.run(slabsOf(artifact, rows), 2, [rawSlab(artifact, 2)])
  await expect(run()).rejects.toMatchObject({ code })
  expect(losses).toHaveLength(lossCount)
  if (lossCount > 0) expect(losses[0]).toContain(text)
})
