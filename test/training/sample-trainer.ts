// A job in; a logistic regression fitted by hand, saved as a network of one layer, out: a trainer that needs no framework.
import type { TrainedModel, Trainer, TrainingJob } from '../../src/training/trainer.ts'

export type SampleTrainerOptions = {
  readonly rounds?: number
  /** Number of a feature that is not looked at: a worse model. */
  readonly ignored?: number
  /** Turns the golden answers away from the model's, as a trainer with a fault would. */
  readonly goldenShift?: number
  /** Called as training begins. */
  readonly onTrain?: (job: TrainingJob) => void
}

export function createSampleTrainer(options: SampleTrainerOptions = {}): Trainer {
  const { goldenShift = 0, onTrain } = options
  return {
    train(job) {
      onTrain?.(job)
      job.signal?.throwIfAborted()
      const outOfFold = new Float64Array(job.trainRows.length)
      for (const fold of job.folds) {
        const aside = new Set(fold)
        const weights = fit(
          job,
          job.trainRows.filter((_, position) => !aside.has(position)),
          options,
        )
        for (const position of fold) outOfFold[position] = answer(job, weights, job.trainRows[position])
      }
      const weights = fit(job, job.trainRows, options)
      job.onProgress?.(1, 1, 'fitted')
      const heldOut = Array.from(job.heldOutRows, (row) => answer(job, weights, row) + goldenShift)
      const model: TrainedModel = {
        files: saved(job, weights),
        outOfFold,
        golden: {
          rows: Array.from(job.heldOutRows, (row) => [...featuresOf(job, row)]),
          expected: { predict: heldOut.map((p) => (p > 0.5 ? 1 : 0)), predict_proba: heldOut.map((p) => [1 - p, p]) },
        },
        framework: 'by hand 1.0.0',
      }
      return Promise.resolve(model)
    },
  }
}

/** Bias last; gradient descent from zero, on float32 numbers as they are stored. */
function fit(job: TrainingJob, rows: Int32Array, { rounds = 60, ignored }: SampleTrainerOptions): Float32Array {
  const width = job.config.data.features.length
  let weights: Float32Array = new Float32Array(width + 1)
  for (let round = 0; round < rounds; round++) {
    const gradient = new Float64Array(width + 1)
    for (const row of rows) {
      const error = job.target[row] - answer(job, weights, row)
      featuresOf(job, row).forEach((value, i) => (gradient[i] += error * value))
      gradient[width] += error
    }
    if (ignored !== undefined) gradient[ignored] = 0
    weights = weights.map((weight, i) => weight + (4 * gradient[i]) / rows.length)
  }
  return weights
}

function answer(job: TrainingJob, weights: Float32Array, row: number): number {
  const margin = featuresOf(job, row).reduce((sum, value, i) => sum + value * weights[i], weights[weights.length - 1])
  return 1 / (1 + Math.exp(-margin))
}

function featuresOf({ features, config }: TrainingJob, row: number): Float64Array {
  const width = config.data.features.length
  return features.subarray(row * width, (row + 1) * width)
}

function saved({ config }: TrainingJob, weights: Float32Array): Record<string, Uint8Array> {
  const width = config.data.features.length
  const input = { class_name: 'InputLayer', config: { batch_input_shape: [null, width], dtype: 'float32', name: 'in' } }
  const dense = { class_name: 'Dense', config: { units: 1, activation: 'sigmoid', use_bias: true, name: 'out' } }
  const content = {
    format: 'layers-model',
    generatedBy: 'by hand',
    convertedBy: null,
    modelTopology: { class_name: 'Sequential', config: { name: 'sample', layers: [input, dense] } },
    userDefinedMetadata: {
      'tfjs-serving-source': {
        features: config.data.features.map((name) => ({ name, mean: 0, scale: 1 })),
        output: 'probability',
      },
    },
    weightsManifest: [
      {
        paths: ['weights.bin'],
        weights: [
          { name: 'out/kernel', shape: [width, 1], dtype: 'float32' },
          { name: 'out/bias', shape: [1], dtype: 'float32' },
        ],
      },
    ],
  }
  return {
    'model.json': new TextEncoder().encode(JSON.stringify(content)),
    'weights.bin': new Uint8Array(weights.slice().buffer),
  }
}
