// TensorFlow.js layers models, converted, loaded and asked as a user would, against TensorFlow.js' own answers.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { convertModel } from '../../../converters/index.ts'
import { isMLError } from '../../../src/errors.ts'
import { loadModel } from '../../../src/runtime/load-model.ts'
import { float32, quantized } from '../../helpers/close.ts'
import {
  answersOf,
  batchNormalization,
  dense,
  type LayersFiles,
  rowsOf,
  saveLayers,
  seeded,
  type StoredAs,
  tf,
  tfl,
} from '../../helpers/layers-models.ts'

const sequence = (...layers: tfl.layers.Layer[]): tfl.LayersModel => tfl.sequential({ layers })

type Case = readonly [name: string, make: () => tfl.LayersModel]

const regressors: readonly Case[] = [
  ['one linear layer', () => sequence(dense(1, 1, { inputShape: [6] }))],
  [
    'relu in three layers',
    () =>
      sequence(dense(16, 1, { inputShape: [6], activation: 'relu' }), dense(8, 2, { activation: 'relu' }), dense(1, 3)),
  ],
  [
    'tanh and sigmoid, two outputs',
    () =>
      sequence(
        dense(12, 4, { inputShape: [6], activation: 'tanh' }),
        dense(7, 5, { activation: 'sigmoid' }),
        dense(2, 6, { useBias: false }),
      ),
  ],
  [
    'dropout and noise, which only training knows',
    () =>
      sequence(
        dense(9, 7, { inputShape: [6], activation: 'relu' }),
        tfl.layers.dropout({ rate: 0.5 }),
        tfl.layers.gaussianNoise({ stddev: 1 }),
        dense(1, 8),
      ),
  ],
  [
    'batch normalization before, between and after',
    () =>
      sequence(
        batchNormalization(9, { inputShape: [6] }),
        dense(10, 10, { activation: 'relu' }),
        batchNormalization(11, { scale: false }),
        dense(5, 12),
        batchNormalization(13, { center: false }),
        tfl.layers.activation({ activation: 'tanh' }),
        dense(1, 14),
        batchNormalization(15),
      ),
  ],
  [
    'rescaling at both ends',
    () =>
      sequence(
        tfl.layers.rescaling({ scale: 0.25, offset: -1, inputShape: [6] }),
        dense(8, 16, { activation: 'relu' }),
        dense(1, 17, { activation: 'tanh' }),
        tfl.layers.rescaling({ scale: 50, offset: 50 }),
      ),
  ],
  [
    'activations after activations',
    () =>
      sequence(
        dense(6, 18, { inputShape: [6], activation: 'tanh' }),
        tfl.layers.reLU(),
        tfl.layers.activation({ activation: 'sigmoid' }),
        dense(1, 19),
      ),
  ],
  [
    'leaky relu',
    () => sequence(dense(12, 20, { inputShape: [6] }), tfl.layers.leakyReLU({ alpha: 0.2 }), dense(1, 21)),
  ],
  ['relu6', () => sequence(dense(12, 22, { inputShape: [6], activation: 'relu6' }), dense(1, 23))],
  ['hard sigmoid', () => sequence(dense(12, 24, { inputShape: [6], activation: 'hardSigmoid' }), dense(1, 25))],
  ['capped relu', () => sequence(dense(12, 26, { inputShape: [6] }), tfl.layers.reLU({ maxValue: 1 }), dense(1, 27))],
  [
    'prelu',
    () =>
      sequence(
        dense(12, 28, { inputShape: [6] }),
        tfl.layers.prelu({ alphaInitializer: seeded(29).bias }),
        dense(1, 30),
      ),
  ],
  [
    'no layer with weights',
    () => sequence(tfl.layers.rescaling({ scale: 3, offset: 1, inputShape: [4] }), tfl.layers.reLU()),
  ],
  [
    'a sequential model inside another',
    () =>
      sequence(
        sequence(dense(5, 25, { inputShape: [6], activation: 'relu' }), dense(4, 26)) as unknown as tfl.layers.Layer,
        tfl.layers.reLU(),
        dense(1, 27),
      ),
  ],
  [
    'a functional chain',
    () => {
      const inputs = tfl.input({ shape: [6] })
      const hidden = dense(8, 28, { activation: 'relu' }).apply(inputs)
      return tfl.model({ inputs, outputs: dense(1, 29).apply(hidden) as tfl.SymbolicTensor })
    },
  ],
]

/** Five activations of two relu units each, one after the other: 8-bit weights move its answers by 0.7 % of their range. */
const deep: Case = [
  'leaky, capped and hard activations',
  () =>
    sequence(
      dense(8, 20, { inputShape: [6] }),
      tfl.layers.leakyReLU({ alpha: 0.2 }),
      dense(8, 21, { activation: 'relu6' }),
      dense(8, 22, { activation: 'hardSigmoid' }),
      batchNormalization(23),
      tfl.layers.reLU({ maxValue: 1 }),
      tfl.layers.prelu({ alphaInitializer: tfl.initializers.constant({ value: 0.1 }) }),
      dense(1, 24),
      tfl.layers.leakyReLU(),
    ),
]

const classifiers: readonly Case[] = [
  [
    'sigmoid',
    () => sequence(dense(16, 30, { inputShape: [6], activation: 'relu' }), dense(1, 31, { activation: 'sigmoid' })),
  ],
  [
    'softmax',
    () => sequence(dense(16, 32, { inputShape: [6], activation: 'tanh' }), dense(4, 33, { activation: 'softmax' })),
  ],
  ['a softmax layer', () => sequence(dense(3, 34, { inputShape: [6], activation: 'relu' }), tfl.layers.softmax())],
  [
    'several sigmoids',
    () => sequence(dense(8, 35, { inputShape: [6], activation: 'relu' }), dense(3, 36, { activation: 'sigmoid' })),
  ],
]

const asked = async (files: LayersFiles, rows: readonly number[][], quantize: 'none' | 'uint8') => {
  const converted = await convertModel(files, { quantize })
  const model = await loadModel(converted.files, { backend: 'wasm', caching: false })
  const answers = await model.predictBatch(rows as never)
  await model.close()
  return { ...converted, answers: answers.map((answer) => (isMLError(answer) ? answer.message : answer)) }
}

beforeAll(() => tf.setBackend('cpu'))

describe.each(['none', 'uint8'] as const)('layers models, quantize: %s', (quantize) => {
  it.each(quantize === 'none' ? [...regressors, deep] : regressors)('%s', async (_, make) => {
    const files = await saveLayers(make())
    const rows = rowsOf(make().inputs[0].shape[1] as number, 40, 7)
    const expected = await answersOf(files, rows)
    const { answers } = await asked(files, rows, quantize)
    const columns = expected[0].map((__, k) => expected.map((row) => row[k]))
    const scales = columns.map((column) => Math.max(...column) - Math.min(...column))
    const wrong = expected.flatMap((row, i) =>
      row.flatMap((value, k) => {
        const answer = answers[i]
        const got = typeof answer === 'string' ? NaN : [answer.value].flat()[k]
        const close = quantize === 'none' ? float32(scales[k]) : quantized(0.005 * scales[k], scales[k])
        return close(Number(got), value) ? [] : [`row ${i}: ${got}, expected ${value}`]
      }),
    )
    expect(wrong).toEqual([])
  })

  it.each(classifiers)('%s', async (name, make) => {
    const files = await saveLayers(make())
    const rows = rowsOf(6, 40, 8)
    const expected = await answersOf(files, rows)
    const { answers } = await asked(files, rows, quantize)
    const close = quantize === 'none' ? float32(1) : quantized(0.01, 1)
    expected.forEach((row, i) => {
      const { probabilities, label } = answers[i] as unknown as { probabilities: number[]; label: unknown }
      const meant = name === 'sigmoid' ? [1 - row[0], row[0]] : row
      meant.forEach((value, k) =>
        expect(close(probabilities[k], value), `row ${i}: ${probabilities[k]}, ${value}`).toBe(true),
      )
      const [first, second] = meant.toSorted((a, b) => b - a)
      if (name !== 'several sigmoids' && first - second > 0.02) expect(label).toBe(meant.indexOf(first))
    })
  })
})

it.each<StoredAs>(['uint8', 'uint16', 'float16'])(
  'reads weights that are stored as %s as TensorFlow.js does',
  async (storedAs) => {
    const files = await saveLayers(regressors[1][1](), storedAs)
    const rows = rowsOf(6, 20, 9)
    const expected = await answersOf(files, rows)
    const { answers } = await asked(files, rows, 'none')
    const wrong = expected.filter(
      ([value], i) => !float32(5)(Number((answers[i] as unknown as { value: number }).value), value),
    )
    expect(wrong).toEqual([])
  },
)

it('makes a graph that stock TensorFlow.js opens', async () => {
  const { loadGraphModelSync } = await import('@tensorflow/tfjs-converter')
  const files = await saveLayers(regressors[5][1]())
  const rows = rowsOf(6, 10, 10)
  const { files: converted } = await convertModel(files, { quantize: 'none' })
  const content = JSON.parse(new TextDecoder().decode(converted['model.json'])) as tf.io.ModelJSON
  const [group] = content.weightsManifest
  const shard = converted[group.paths[0]]
  const model = loadGraphModelSync({
    ...content,
    weightSpecs: group.weights,
    weightData: shard.slice().buffer,
  } as never)
  // The graph takes what the scaling has made of the row: x · 0.25 − 1.
  const slab = rows.map((row) => row.map((value) => value * 0.25 - 1))
  const got = tf.tidy(() => (model.execute({ features: tf.tensor2d(slab) }, 'value') as tf.Tensor2D).dataSync())
  const expected = await answersOf(files, rows)
  expect([...got].every((value, i) => float32(100)(value, expected[i][0]))).toBe(true)
  model.dispose()
})

it('converts from a folder and from the path of model.json alike', async () => {
  const files = await saveLayers(regressors[0][1]())
  const folder = await mkdtemp(join(tmpdir(), 'layers-'))
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes)
  await writeFile(join(folder, 'notes.json'), '{"a": 1}')
  const [given, fromFolder, fromFile] = [
    await convertModel(files),
    await convertModel(folder),
    await convertModel(join(folder, 'model.json')),
  ]
  await rm(folder, { recursive: true })
  expect(fromFolder.files).toEqual(given.files)
  expect(fromFile.files).toEqual(given.files)
  expect(given.report).toMatchObject({ source: { format: 'layers-model', file: 'model.json' } })
})
