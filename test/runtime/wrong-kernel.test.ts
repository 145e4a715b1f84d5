// A kernel of TensorFlow.js made wrong on purpose: found at load, named, and the registry serves from the next backend.
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-wasm'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createError } from '../../src/errors.ts'
import { loadModel } from '../../src/runtime/load-model.ts'
import { processCandidates } from '../../src/runtime/process-candidates.ts'
import { initializeMLRegistry } from '../../src/runtime/shared-registry.ts'
import { artifactFiles, heldOut } from '../helpers/artifacts.ts'
import { telcoDir } from '../helpers/registries.ts'

type Heap = { typedArrayFromHeap(info: tf.TensorInfo): Float32Array }

/** The matrix product, in which every tree of the churn model ends. */
const original = tf.getKernel('_FusedMatMul', 'wasm')

function overrideKernel(kernelFunc: tf.KernelConfig['kernelFunc']): void {
  tf.unregisterKernel(original.kernelName, original.backendName)
  tf.registerKernel({ ...original, kernelFunc })
}

/** Our own kernel would serve instead of the graph. */
const own = processCandidates({}).find(({ name }) => name === 'kernel')!
if (!('backend' in own)) throw new TypeError('the kernel is a backend')
const { open } = own.backend
beforeAll(
  () => void (own.backend.open = () => Promise.reject(createError('BACKEND_UNAVAILABLE', 'switched off by this test'))),
)
afterAll(() => void (own.backend.open = open))

afterEach(() => overrideKernel(original.kernelFunc))

/** Off in the last row of its result, where that has at least `fromRows` rows. */
function breakKernel(fromRows: number): void {
  overrideKernel((args) => {
    const result = original.kernelFunc(args) as tf.TensorInfo
    const values = (args.backend as unknown as Heap).typedArrayFromHeap(result)
    if (result.shape[1] >= fromRows) values[values.length - 1] += 0.25
    return result
  })
}

const lines: [level: string, facts: Record<string, unknown>, message: string][] = []
const note =
  (level: string) =>
  (facts: object, message: string): void =>
    void lines.push([level, facts as Record<string, unknown>, message])
const logger = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') }

test.each([
  ['every batch', 1, '1', '1, 7, 32 and \\d+'],
  ['batches of more rows than there are check rows', 33, '\\d+', '\\d+, right in batches of 1, 7 and 32'],
])('is disqualified where it is wrong in %s; cpu serves, and health and log say so', async (_, from, first, sizes) => {
  // the converter, too, asks wasm
  const { path: modelsDir } = await telcoDir()
  breakKernel(from)
  lines.length = 0
  const registry = await initializeMLRegistry({ modelsDir, logger })
  try {
    const churn = await registry.getModelPredictor('telco_churn', { fallback: false })
    const { rows, expected } = heldOut('telco_churn')
    const answers = await churn.predictBatch(rows.slice(0, 600))
    expect(answers.map((answer) => 'label' in answer && answer.label)).toEqual(expected.predict.slice(0, 600))
    const { backend } = registry.getRegistryHealth().models['telco_churn']
    expect(backend).toMatchObject({
      picked: 'cpu',
      why: expect.stringMatching(/^the last resort, nothing else is there and right: /) as string,
    })
    const wasm = backend?.candidates.find(({ name }) => name === 'wasm')
    expect(wasm).toMatchObject({ available: true, right: false })
    expect(wasm?.reason).toMatch(new RegExp(`^wrong on check row \\d+ in a batch of ${first}, output 0: `))
    expect(wasm?.reason).toMatch(new RegExp(`wrong in batches of ${sizes}$`))
    const disqualified = lines.filter(([, , message]) => message.startsWith('backend disqualified'))
    expect(disqualified).toEqual([
      [
        'warn',
        { model: 'telco_churn', version: '1.0.0', backend: 'wasm', reason: wasm?.reason },
        'backend disqualified; it does not serve the model',
      ],
    ])
    expect(lines.find(([, , message]) => message === 'model loaded')?.[1]).toMatchObject({
      backend: 'cpu',
      device: 'this process, one thread',
      why: backend?.why,
    })
  } finally {
    await registry.close()
  }
})

test('is refused with its row where wasm was asked for by name', async () => {
  const files = await artifactFiles('telco_churn')
  breakKernel(1)
  await expect(loadModel(files, { backend: 'wasm' })).rejects.toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
    message: expect.stringMatching(/wasm: wrong on check row \d+/) as string,
  })
})

test('is right again once the kernel is', async () => {
  const model = await loadModel(await artifactFiles('telco_churn'))
  expect(model.getHealth().backend?.picked).toBe('wasm')
  await model.close()
})
