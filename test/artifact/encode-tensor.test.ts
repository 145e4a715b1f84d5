// Encoded tensors against TensorFlow.js' own decoder.
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, expect, test } from 'vitest'
import { encodeTensor, type EncodingChoice } from '../../src/artifact/encode-tensor.ts'
import { cpuEngine } from '../../src/backend/tfjs/cpu.ts'
import { openTfjs } from '../../src/backend/tfjs/tfjs-library.ts'
import type { NamedTensor } from '../../src/artifact/tensor.ts'

beforeAll(async () => {
  await openTfjs(cpuEngine)
})

function tensor(values: readonly number[], parts: Partial<NamedTensor> = {}): NamedTensor {
  return {
    name: 't',
    role: 'leaf',
    shape: [values.length],
    values: Float64Array.from(values),
    dtype: 'float32',
    ...parts,
  }
}

async function decodedByTfjs({ spec, bytes }: ReturnType<typeof encodeTensor>): Promise<number[]> {
  const entry = { ...spec, shape: [...spec.shape] } as Parameters<typeof tf.io.decodeWeights>[1][number]
  const { t } = tf.io.decodeWeights(bytes.slice().buffer, [entry])
  const values = [...(await t.data<'float32'>())]
  t.dispose()
  return values
}

const floats = [-1.5, -0.1, 0, 1e-3, 0.3, 7.25]
const choices: readonly EncodingChoice[] = [
  { encoding: 'uint8', scale: 8.75 / 255, min: -1.5 },
  { encoding: 'uint16', scale: 8.75 / 65535, min: -1.5 },
  { encoding: 'float16' },
  { encoding: 'float32' },
]

test.each(choices)('stores $encoding as TensorFlow.js reads it', async (choice) => {
  const encoded = encodeTensor(tensor(floats), choice)
  expect([...encoded.decoded]).toEqual(await decodedByTfjs(encoded))
  expect(encoded.record.byteLength).toBe(encoded.bytes.length)
  const step = choice.scale ?? (choice.encoding === 'float16' ? 2 ** -7 : 2 ** -20)
  expect(encoded.record.maxError).toBeLessThanOrEqual(step)
})

const structures: readonly (readonly [string, readonly number[], NamedTensor['dtype'], string])[] = [
  ['bytes', [0, 3, 255], 'int32', 'uint8'],
  ['two bytes', [0, 256, 65535], 'float32', 'uint16'],
  ['more', [0, 65536], 'int32', 'int32'],
  ['negatives', [-1, 5], 'int32', 'int32'],
  ['more as float32', [0, 2 ** 24], 'float32', 'float32'],
]

test.each(structures)('stores integers of %s losslessly', async (_, values, dtype, encoding) => {
  const encoded = encodeTensor(tensor(values, { role: 'structure', dtype }), { encoding: 'uint8', scale: 9 })
  expect(encoded.record).toMatchObject({ encoding, maxError: 0 })
  expect([...encoded.decoded]).toEqual(values)
  expect(await decodedByTfjs(encoded)).toEqual(values)
})

test('keeps doubles bit for bit, in a tensor that TensorFlow.js loads', async () => {
  const values = [0.1, -0, NaN, Infinity, -Infinity, Number.MIN_VALUE, 1.7e308]
  const encoded = encodeTensor(tensor(values, { role: 'float64', shape: [7, 2], dtype: 'int32' }))
  expect([...encoded.decoded]).toEqual(values)
  expect(encoded.record.maxError).toBe(0)
  expect(await decodedByTfjs(encoded)).toHaveLength(14)
})

test('stores an empty tensor and a scalar', () => {
  expect(encodeTensor(tensor([])).bytes).toHaveLength(0)
  expect([...encodeTensor(tensor([3], { shape: [] }), { encoding: 'uint8', scale: 1, min: 3 }).decoded]).toEqual([3])
})

const wrong: readonly (readonly [string, NamedTensor, EncodingChoice])[] = [
  ['a shape of another size', tensor([1, 2], { shape: [3] }), { encoding: 'float32' }],
  ['a fraction in a structure', tensor([0.5], { role: 'structure' }), { encoding: 'uint8' }],
  ['an integer that float32 lacks', tensor([2 ** 24 + 1], { role: 'structure' }), { encoding: 'uint8' }],
  ['a scale of 0', tensor([1]), { encoding: 'uint8', scale: 0, min: 0 }],
  ['float16 for int32', tensor([1], { dtype: 'int32' }), { encoding: 'float16' }],
  ['int32 for float32', tensor([1]), { encoding: 'int32' }],
  ['doubles without a pair dimension', tensor([1], { role: 'float64', dtype: 'int32' }), { encoding: 'int32' }],
]

test.each(wrong)('refuses %s', (_, bad, choice) => {
  expect(() => encodeTensor(bad, choice)).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }))
})
