// Kernels of tfjs-backend-webgpu 4.22.0 that answer wrong, each shown once, and ours in their place, on SwiftShader.
import type { KernelFunc, Tensor } from '@tensorflow/tfjs-core'
import * as tf from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createWebgpuBackend } from '../../../src/backend/tfjs/webgpu.ts'
import { whyNoSwiftshader } from '../../helpers/swiftshader.ts'

const reason = whyNoSwiftshader()
beforeEach(({ skip }) => skip(reason !== undefined, reason))

const replaced = ['Transpose', 'Cumsum', 'Exp', 'Sigmoid', 'Softmax'] as const
const originals = new Map<string, KernelFunc | undefined>()
const backend = createWebgpuBackend({ adapter: 'software' }, (loss) => {
  throw new Error(loss)
})

beforeAll(async () => {
  if (reason !== undefined) return
  await import('@tensorflow/tfjs-backend-webgpu')
  for (const name of replaced) originals.set(name, tf.getKernel(name, 'webgpu')?.kernelFunc)
  await import('@tensorflow/tfjs-backend-cpu')
  await backend.open()
})
afterAll(() => backend.close())

type Answer = { readonly values: readonly number[]; readonly error: string | undefined }

async function answer(compute: () => Tensor): Promise<Answer> {
  await tf.setBackend('webgpu')
  const { device } = tf.backend() as unknown as { device: GpuScopes }
  device.pushErrorScope('validation')
  const result = compute()
  const reading = result.data()
  const error = await device.popErrorScope()
  const values = [...(await reading)]
  result.dispose()
  return { values, error: error?.message }
}

type GpuScopes = { pushErrorScope(filter: string): void; popErrorScope(): Promise<{ message: string } | null> }

async function asIn422(name: (typeof replaced)[number], compute: () => Tensor): Promise<Answer> {
  const own = tf.getKernel(name, 'webgpu')
  const put = (kernelFunc: KernelFunc | undefined): void => {
    tf.unregisterKernel(name, 'webgpu')
    if (kernelFunc !== undefined) tf.registerKernel({ kernelName: name, backendName: 'webgpu', kernelFunc })
  }
  put(originals.get(name))
  try {
    return await answer(compute)
  } finally {
    put(own?.kernelFunc)
  }
}

const right = (values: readonly number[]): Answer => ({ values, error: undefined })

describe('Transpose of int32', () => {
  const solid = () => tf.transpose(tf.tensor3d([0, 1, 2, 3, 4, 5, 6, 7], [2, 2, 2], 'int32'), [2, 0, 1])
  const answers = [0, 2, 4, 6, 1, 3, 5, 7]
  test('of rank 3 is no valid shader in 4.22.0', async () => {
    const { error, values } = await asIn422('Transpose', solid)
    expect(error).toContain('type mismatch')
    expect(values).not.toEqual(answers)
  })
  test('of rank 3 is right', async () => expect(await answer(solid)).toEqual(right(answers)))

  const cast = () =>
    tf.transpose(tf.cast(tf.tensor3d([0, 1, 2, 3, 4, 5, 6, 7], [2, 2, 2], 'int32'), 'float32'), [2, 0, 1])
  test('cast to float32 is no valid shader in 4.22.0, since int32 stays on the device', async () =>
    expect((await asIn422('Transpose', cast)).error).toBeDefined())
  test('cast to float32 is right', async () => expect(await answer(cast)).toEqual(right(answers)))

  const large = [16_777_217, 33_554_433, 2_147_483_647, -16_777_219]
  const matrix = () => tf.transpose(tf.tensor2d(large, [2, 2], 'int32'))
  test('of a matrix rounds to 24 bits in 4.22.0', async () =>
    expect((await asIn422('Transpose', matrix)).values[0]).toBe(16_777_216))
  test('of a matrix is exact', async () =>
    expect(await answer(matrix)).toEqual(right([large[0], large[2], large[1], large[3]])))

  test.each([4, 5, 6])('of rank %d is right', async (rank) => {
    const shape = [2, 3, 1, 2, 2, 1].slice(0, rank)
    const values = Int32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i)
    const perm = [...shape.keys()].reverse()
    const whole = () => tf.transpose(tf.tensor(values, shape, 'int32'), perm)
    await tf.setBackend('cpu')
    const expected = [...(await whole().data())]
    expect(await answer(whole)).toEqual(right(expected))
  })
})

describe('Cumsum', () => {
  const reverse = (width: number) => () => tf.cumsum(tf.reshape(tf.range(0, width), [1, width]), 1, false, true)
  test('reverse keeps the first length that was asked for in 4.22.0', async () => {
    expect((await asIn422('Cumsum', reverse(3))).values).toEqual([3, 3, 2])
    expect((await asIn422('Cumsum', reverse(5))).values).not.toEqual([10, 10, 9, 7, 4])
  })
  test('reverse is right for each length', async () => {
    expect(await answer(reverse(3))).toEqual(right([3, 3, 2]))
    expect(await answer(reverse(5))).toEqual(right([10, 10, 9, 7, 4]))
  })

  const large = () => tf.cumsum(tf.tensor1d([16_777_217, 1, 1], 'int32'))
  test('of int32 rounds to 24 bits in 4.22.0', async () =>
    expect((await asIn422('Cumsum', large)).values).not.toEqual([16_777_217, 16_777_218, 16_777_219]))
  test('of int32 is exact', async () =>
    expect(await answer(large)).toEqual(right([16_777_217, 16_777_218, 16_777_219])))

  test.each([1, 2, 3, 64, 1000])('of %d numbers takes no power of two for less than it is', async (length) => {
    const { values } = await answer(() => tf.cumsum(tf.ones([length], 'int32'), 0, true))
    expect(values).toEqual(Array.from({ length }, (_, i) => i))
  })
  test('of an exclusive sum is right after infinities and NaN', async () => {
    const sums = () => tf.cumsum(tf.tensor1d([1, Infinity, 2, NaN, 3]), 0, true)
    expect((await answer(sums)).values).toEqual([0, 1, Infinity, Infinity, NaN])
  })
  test('along the first of three axes is right', async () => {
    const sums = () => tf.cumsum(tf.tensor3d([0, 1, 2, 3, 4, 5, 6, 7], [2, 2, 2], 'int32'), 0)
    expect(await answer(sums)).toEqual(right([0, 1, 2, 3, 4, 6, 8, 10]))
  })
})

describe('what is no number', () => {
  const of = (compute: (x: Tensor) => Tensor) => () => compute(tf.tensor1d([NaN, 0, Infinity, -Infinity]))
  // The specification leaves exp of NaN open; devices differ, and this one answers so.
  test('has an exponential and a sigmoid in 4.22.0', async () => {
    expect((await asIn422('Exp', of(tf.exp))).values[0]).toBe(Infinity)
    expect((await asIn422('Sigmoid', of(tf.sigmoid))).values[0]).toBe(0)
  })
  test('stays without number through Exp, Sigmoid and Tanh', async () => {
    expect((await answer(of(tf.exp))).values).toEqual([NaN, 1, Infinity, 0])
    expect((await answer(of(tf.sigmoid))).values).toEqual([NaN, 0.5, 1, 0])
    expect((await answer(of(tf.tanh))).values).toEqual([NaN, 0, 1, -1])
  })

  const rows = () => tf.softmax(tf.tensor2d([NaN, 0, 0, 0], [2, 2]))
  test('has a softmax in 4.22.0', async () => expect((await asIn422('Softmax', rows)).values).not.toContain(NaN))
  test('has no softmax, and its row alone', async () =>
    expect((await answer(rows)).values).toEqual([NaN, NaN, 0.5, 0.5]))
})
