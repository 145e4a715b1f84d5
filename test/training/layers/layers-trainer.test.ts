// Networks that are fitted in this process: the same bytes every time, no tensor left, and answers that convert keeps.
import { describe, expect, it } from 'vitest'
import { convertModel } from '../../../converters/index.ts'
import { openLayersLibrary } from '../../../src/training/layers/layers-library.ts'
import { createLayersTrainer } from '../../../src/training/layers/layers-trainer.ts'
import { createSeededRandom } from '../../../src/rows/seeded-random.ts'
import type { TrainingJob } from '../../../src/training/trainer.ts'
import { tf } from '../../helpers/layers-models.ts'

const rowCount = 600
const parameters = { hidden: [8], epochs: 12, batchSize: 32, learningRate: 0.02, patience: 4 }

/** P(1) is 0.95 where x0 and x1 have one sign, else 0.05: no single feature tells anything. x2 is large and useless. */
function jobOf(
  changes: Partial<TrainingJob> = {},
  given: Readonly<Record<string, unknown>> = {},
  scale?: number,
): TrainingJob {
  const random = createSeededRandom(1)
  const features = new Float64Array(rowCount * 3)
  const target = new Uint8Array(rowCount)
  for (let row = 0; row < rowCount; row++) {
    const [a, b] = [random.uniform() * 2 - 1, random.uniform() * 2 - 1]
    features.set([a, b * 1000 + 5e6, 1e9 + Math.floor(random.uniform() * 10)], row * 3)
    target[row] = random.uniform() < (a * b > 0 ? 0.95 : 0.05) ? 1 : 0
  }
  const rows = Int32Array.from({ length: rowCount }, (_, row) => row)
  const trainRows = rows.slice(0, 500)
  return {
    config: {
      name: 'signs',
      version: '1.0.0',
      data: { file: 'signs.csv', origin: 'synthetic', description: 'signs', target: 'same', features: ['a', 'b', 'c'] },
      split: { kind: 'stratified', heldOutShare: 0.2, seed: 1 },
      trainer: { kind: 'layers', parameters: { ...parameters, ...given } },
      source: 'source',
      decision: { threshold: 0.5, positive: 'same', negative: 'different', ...(scale !== undefined && { scale }) },
      fallback: 'none',
      gates: { accuracyFloor: 0.5, maxCalibrationError: 1, latencyTargetMs: 100, maxBytes: 1e6 },
    },
    modelDir: '.',
    features,
    rowCount,
    target,
    trainRows,
    folds: [0, 1].map((fold) => Int32Array.from(trainRows.filter((row) => row % 2 === fold))),
    heldOutRows: rows.slice(500),
    seed: 42,
    ...changes,
  }
}

const trainer = createLayersTrainer()
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

const shareRight = (job: TrainingJob, rows: Int32Array, answers: ArrayLike<number>, threshold = 0.5): number =>
  rows.filter((row, i) => answers[i] >= threshold === (job.target[row] === 1)).length / rows.length

it('gives the same bytes and answers for the same job, and others for another seed', { timeout: 60_000 }, async () => {
  const first = await trainer.train(jobOf())
  expect(await trainer.train(jobOf())).toEqual(first)
  const other = await trainer.train(jobOf({ seed: 43 }))
  expect(other.files['weights.bin']).not.toEqual(first.files['weights.bin'])
})

it('learns what no single feature tells, and answers rows that it was not fitted on', { timeout: 60_000 }, async () => {
  const job = jobOf({}, { epochs: 40, patience: 10 })
  const { outOfFold, golden } = await trainer.train(job)
  expect(shareRight(job, job.trainRows, outOfFold)).toBeGreaterThan(0.8)
  const probabilities = (golden.expected['predict_proba'] as number[][]).map(([, p]) => p)
  expect(shareRight(job, job.heldOutRows, probabilities)).toBeGreaterThan(0.8)
})

describe('what it leaves', () => {
  it('converts to a classifier of 0 and 1 whose answers are those of TensorFlow.js', async () => {
    const { files, golden, framework } = await trainer.train(jobOf({ folds: [] }))
    const { report } = await convertModel(files, { quantize: 'none', golden })
    expect(report).toMatchObject({
      kind: 'classifier',
      parity: { isPassed: true },
      source: { framework: 'TensorFlow.js layers' },
    })
    expect(framework).toBe('TensorFlow.js layers 4.22.0')
    expect(report.parity?.largest.probability).toBeLessThan(1e-5)
  })

  it('converts to a score where the decision has a scale, with 8-bit weights too', async () => {
    const job = jobOf({ folds: [] }, {}, 100)
    const { files, golden } = await trainer.train(job)
    expect(Math.max(...(golden.expected['predict'] as number[]))).toBeGreaterThan(50)
    const { report } = await convertModel(files, { golden })
    expect(report).toMatchObject({ kind: 'regressor', parity: { isPassed: true } })
    const topology = JSON.parse(textOf(files['model.json'])) as {
      modelTopology: { config: { layers: { class_name: string }[] } }
    }
    expect(topology.modelTopology.config.layers.at(-1)?.class_name).toBe('Rescaling')
  })

  it.each([
    ['no hidden layer', { hidden: [] }],
    ['three of tanh', { hidden: [6, 5, 4], activation: 'tanh', l2: 0 }],
    ['sigmoids', { hidden: [4], activation: 'sigmoid', batchSize: 1000 }],
  ])('converts with %s', async (_, given) => {
    const { files, golden } = await trainer.train(jobOf({ folds: [] }, { ...given, epochs: 3 }))
    const { report } = await convertModel(files, { quantize: 'none', golden })
    expect(report.parity?.isPassed).toBe(true)
  })

  it('is no tensor, and the backend that was active', async () => {
    await trainer.train(jobOf({ folds: [] }))
    tf.registerBackend('host', tf.findBackendFactory('cpu'))
    await tf.setBackend('host')
    const before = tf.memory().numTensors
    const seen = new Set<string>()
    await trainer.train(jobOf({ onProgress: () => seen.add(tf.getBackend()) }))
    expect({ tensors: tf.memory().numTensors, backend: tf.getBackend() }).toEqual({ tensors: before, backend: 'host' })
    expect([...seen]).toEqual(['host'])
    tf.removeBackend('host')
    await tf.setBackend('cpu')
  })
})

it('standardizes by training rows alone: held-out rows change nothing', async () => {
  const job = jobOf({ folds: [] })
  const { files } = await trainer.train(job)
  const features = job.features.slice()
  for (const row of job.heldOutRows) features.fill(7e7, row * 3, row * 3 + 3)
  const target = job.target.slice()
  for (const row of job.heldOutRows) target[row] = 1 - target[row]
  expect((await trainer.train({ ...job, features, target })).files).toEqual(files)
})

it('ends at the pass with the lowest loss on rows set aside, within its patience', async () => {
  const messages: string[] = []
  const onProgress = (_done: number, _total: number, message: string): void => void messages.push(message)
  await trainer.train(jobOf({ folds: [], onProgress }, { epochs: 200, patience: 2, learningRate: 0.05 }))
  const losses = messages.flatMap((message) => / loss ([\d.]+)/.exec(message)?.[1] ?? []).map(Number)
  expect(losses.length).toBeLessThan(200)
  expect(losses.indexOf(Math.min(...losses))).toBeGreaterThanOrEqual(losses.length - 4)
})

it('tells how far it is', async () => {
  const told: [number, number][] = []
  await trainer.train(jobOf({ onProgress: (done, total) => told.push([done, total]) }, { epochs: 1 }))
  expect([...new Set(told.map(String))]).toEqual(['0,3', '1,3', '2,3', '3,3'])
})

it('heeds an abort between batches, and leaves no tensor', async () => {
  const before = tf.memory().numTensors
  const controller = new AbortController()
  const reason = new Error('enough')
  const onProgress = (_done: number, _total: number, message: string): void => {
    if (message.includes('pass 2')) controller.abort(reason)
  }
  await expect(trainer.train(jobOf({ signal: controller.signal, onProgress }))).rejects.toBe(reason)
  expect(tf.memory().numTensors).toBe(before)
  await expect(trainer.train(jobOf({ signal: AbortSignal.abort(reason) }))).rejects.toBe(reason)
})

it.each<[string, Readonly<Record<string, unknown>>, RegExp]>([
  ['an unknown parameter', { layers: 3 }, /layers.*known are hidden/],
  ['no units', { hidden: [0] }, /trainer\.parameters\.hidden\.0/],
  ['an activation that convert cannot say', { activation: 'selu' }, /trainer\.parameters\.activation/],
  ['a share that leaves nothing to fit', { validationShare: 1 }, /validationShare/],
])('refuses %s', async (_, given, message) => {
  await expect(trainer.train(jobOf({}, given))).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringMatching(message),
  })
})

it('refuses a missing value by its row and feature', async () => {
  const job = jobOf()
  job.features[3 * 17 + 1] = NaN
  await expect(trainer.train(job)).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringMatching(/row 18 of signs\.csv: b must be a finite number.*missing/),
  })
})

it('says which package to install where TensorFlow.js layers is not there', async () => {
  const missing = () => Promise.reject(new Error("Cannot find package '@tensorflow/tfjs-layers'"))
  await expect(openLayersLibrary(missing)).rejects.toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
    message: expect.stringContaining('npm install @tensorflow/tfjs-layers@4.22.0'),
  })
})
