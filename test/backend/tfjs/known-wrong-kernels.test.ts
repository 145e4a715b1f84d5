// Kernels of TensorFlow.js 4.22.0 that give wrong answers on wasm or cpu: still wrong, and out of every graph's reach.
import type * as tfjsCore from '@tensorflow/tfjs-core'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Artifact } from '../../../src/artifact/artifact.ts'
import { createCandidate } from '../../../src/backend/choice/candidates.ts'
import { selectBackend } from '../../../src/backend/choice/select-backend.ts'
import type { GraphNode } from '../../../src/backend/graph/graph-nodes.ts'
import { createCpuBackend, cpuEngine } from '../../../src/backend/tfjs/cpu.ts'
import { openTfjs } from '../../../src/backend/tfjs/tfjs-library.ts'
import { createWasmBackend, wasmEngine } from '../../../src/backend/tfjs/wasm.ts'
import { artifactOf, createRandom, randomChain, randomRows, withNode } from '../../helpers/random-regions.ts'

type Tf = typeof tfjsCore
type Change = { readonly op?: string; readonly attr?: GraphNode['attr']; readonly input?: readonly string[] }

type WrongKernel = {
  readonly kernel: string
  readonly wrongOn: 'wasm' | 'cpu'
  readonly compute: (tf: Tf) => tfjsCore.Tensor
  /** What the product of an artifact must become for the kernel to be used in that way, and how a load refuses it. */
  readonly use: Change
  readonly refusal: 'UNSUPPORTED' | 'VALIDATION_FAILED'
}

/** Small integers, none of which repeats soon. */
function numbers(tf: Tf, shape: number[], valueAt = (i: number) => ((i * 7) % 11) - 5): tfjsCore.Tensor {
  return tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => valueAt(i)),
    shape,
  )
}

const unmoved = [1, 0, 0, 0, 1, 0, 0, 0]

const wrongKernels: readonly WrongKernel[] = [
  {
    kernel: '_FusedMatMul, transposed, which adds the bias once for each 48 columns',
    wrongOn: 'wasm',
    compute: (tf) =>
      tf.fused.matMul({ a: numbers(tf, [2, 60]), b: numbers(tf, [3, 60]), transposeB: true, bias: numbers(tf, [3]) }),
    use: { attr: { transpose_b: { b: true } } },
    refusal: 'VALIDATION_FAILED',
  },
  {
    kernel: '_FusedMatMul of more than 48 columns, batched, which does the same',
    wrongOn: 'wasm',
    compute: (tf) =>
      tf.fused.matMul({ a: numbers(tf, [2, 1, 60]), b: numbers(tf, [2, 60, 3]), bias: numbers(tf, [3]) }),
    use: { op: 'BatchMatMulV2' },
    refusal: 'UNSUPPORTED',
  },
  {
    kernel: '_FusedMatMul of few columns, batched, whose second row takes the last number of the bias for all',
    wrongOn: 'wasm',
    compute: (tf) => tf.fused.matMul({ a: numbers(tf, [2, 2, 5]), b: numbers(tf, [2, 5, 3]), bias: numbers(tf, [3]) }),
    use: { input: ['batched', 'dense3/0/weights', 'dense3/0/bias'] },
    refusal: 'VALIDATION_FAILED',
  },
  {
    kernel: 'GatherV2 with batch_dims, which steps by the number of rows',
    wrongOn: 'wasm',
    compute: (tf) => tf.gather(numbers(tf, [3, 4]), tf.tensor2d([0, 1, 2, 3, 1, 0], [3, 2], 'int32'), 1, 1),
    use: { op: 'GatherV2', attr: { batch_dims: { i: '1' } } },
    refusal: 'UNSUPPORTED',
  },
  {
    kernel: 'MaxPool3D of negative numbers, which starts from the least positive one',
    wrongOn: 'wasm',
    compute: (tf) => tf.maxPool3d(tf.fill<tfjsCore.Rank.R5>([1, 2, 2, 2, 1], -3), 2, 2, 'valid'),
    use: { op: 'MaxPool3D' },
    refusal: 'UNSUPPORTED',
  },
  {
    kernel: 'Dilation2D of negative numbers, which does the same',
    wrongOn: 'wasm',
    compute: (tf) =>
      tf.dilation2d(tf.fill<tfjsCore.Rank.R4>([1, 3, 3, 1], -3), tf.fill<tfjsCore.Rank.R3>([2, 2, 1], 0), 1, 'valid'),
    use: { op: 'Dilation2D' },
    refusal: 'UNSUPPORTED',
  },
  {
    kernel: 'OneHot of float32, which writes the bits of int32',
    wrongOn: 'wasm',
    compute: (tf) => tf.oneHot(tf.tensor1d([1], 'int32'), 2, 1, 0, 'float32'),
    use: { op: 'OneHot', input: ['features', 'count', 'count', 'count'], attr: { T: { type: 'DT_FLOAT' } } },
    refusal: 'VALIDATION_FAILED',
  },
  {
    kernel: 'FloorDiv, whose dtype is float32 on wasm and int32 on cpu',
    wrongOn: 'wasm',
    compute: (tf) => tf.floorDiv(tf.tensor1d([7, -7]), tf.tensor1d([2, 2])),
    use: { op: 'FloorDiv' },
    refusal: 'UNSUPPORTED',
  },
  {
    kernel: 'Transform, which moves the first image only',
    wrongOn: 'cpu',
    compute: (tf) =>
      tf.image.transform(numbers(tf, [2, 2, 2, 1], (i) => i + 1) as tfjsCore.Tensor4D, tf.tensor2d([unmoved, unmoved])),
    use: { op: 'ImageProjectiveTransformV3' },
    refusal: 'UNSUPPORTED',
  },
]

const engines = { wasm: wasmEngine, cpu: cpuEngine }
const backends = { wasm: createWasmBackend(), cpu: createCpuBackend() }

async function answerOf({ compute }: WrongKernel, name: 'wasm' | 'cpu'): Promise<readonly [string, number[]]> {
  const { tf, within } = await openTfjs(engines[name])
  return within(() =>
    tf.tidy(() => {
      const found = compute(tf)
      return [found.dtype, [...found.dataSync<'float32'>()]] as const
    }),
  )
}

const graph = randomChain(createRandom(8), [5, 5], 'identity')
const artifact = withConstants(
  artifactOf(graph, { checkRows: randomRows(createRandom(9), graph, 4), denseScale: 'none' }),
)

/** A scalar, and the input with one more dimension. */
function withConstants(from: Artifact): Artifact {
  const topology = from.modelJson.modelTopology as { node: object[] }
  const [group] = from.modelJson.weightsManifest
  const weightData = new Uint8Array(from.weightData.byteLength + 16)
  weightData.set(new Uint8Array(from.weightData))
  const view = new DataView(weightData.buffer, from.weightData.byteLength)
  for (const [i, value] of [3, -1, 1, 5].entries()) view.setInt32(4 * i, value, true)
  const node = [
    ...topology.node,
    { name: 'count', op: 'Const', attr: { dtype: { type: 'DT_INT32' } } },
    { name: 'shape', op: 'Const', attr: { dtype: { type: 'DT_INT32' } } },
    { name: 'batched', op: 'Reshape', input: ['features', 'shape'] },
  ]
  const weights = [
    ...group.weights,
    { name: 'count', shape: [], dtype: 'int32' as const },
    { name: 'shape', shape: [3], dtype: 'int32' as const },
  ]
  return {
    ...from,
    weightData: weightData.buffer,
    modelJson: {
      ...from.modelJson,
      modelTopology: { ...topology, node },
      weightsManifest: [{ ...group, weights }],
    },
  }
}

describe.each(wrongKernels)('$kernel', (wrong) => {
  test('is still wrong: where this fails, upstream has mended it, and the list above is shorter', async () => {
    expect(await answerOf(wrong, 'wasm')).not.toEqual(await answerOf(wrong, 'cpu'))
  })

  test.each(['wasm', 'cpu'] as const)('is refused at load on %s, by the name of its node', async (name) => {
    const load = (change: Change) => backends[name].load(withNode(artifact, 'dense3/0/sum', change))
    const right = await load({})
    right.dispose()
    await expect(load(wrong.use)).rejects.toMatchObject({
      code: wrong.refusal,
      details: { node: 'dense3/0/sum' },
    })
  })
})

test('an untransposed product with a bias, which graphs use, is disqualified by its answers once it is wrong', async () => {
  const { tf } = await openTfjs(wasmEngine)
  const wide = randomChain(createRandom(10), [60, 3], 'identity')
  const checked = artifactOf(wide, { checkRows: randomRows(createRandom(11), wide, 4) })
  const select = () =>
    selectBackend({ artifact: checked, requested: 'wasm', candidates: [createCandidate('wasm', {})] })
  const kernel = tf.getKernel('_FusedMatMul', 'wasm')
  const use = (kernelFunc: tfjsCore.KernelFunc): void => {
    tf.unregisterKernel('_FusedMatMul', 'wasm')
    tf.registerKernel({ ...kernel, kernelFunc })
  }
  onTestFinished(() => use(kernel.kernelFunc))
  ;(await select()).model.dispose()
  // transposed twice: the same product by the wrong way
  use((parts) => {
    const b = parts.inputs['b'] as tfjsCore.Tensor
    const turned = tf.transpose(b, [0, 2, 1])
    const found = kernel.kernelFunc({
      ...parts,
      inputs: { ...parts.inputs, b: turned },
      attrs: { ...parts.attrs, transposeB: true },
    })
    turned.dispose()
    return found
  })
  await expect(select()).rejects.toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
    message: expect.stringContaining('wrong on check row') as string,
  })
})
