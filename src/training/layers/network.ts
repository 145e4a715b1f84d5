// A width, layer sizes and a seed in; a network of TensorFlow.js layers that can be fitted, asked and saved out.

import type { Scalar, Tensor, Tensor2D, Variable } from '@tensorflow/tfjs-core'
import type { layers, Sequential } from '@tensorflow/tfjs-layers'
import { createError } from '../../errors.ts'
import type { LayersLibrary } from './layers-library.ts'
import type { LayersParameters } from './layers-parameters.ts'

export type NetworkWeight = { readonly name: string; readonly shape: readonly number[]; readonly values: Float32Array }

/** Every method is synchronous and leaves no tensor behind; `dispose` frees the weights. */
export type Network = {
  /** One step of Adam; the batch's loss. features: standardized, row-major; target: 0 or 1 a row. */
  step(features: Float32Array, target: Float32Array): number
  /** P(1) a row, before the score's scale. */
  probabilities(features: Float32Array): Float32Array
  /** What the whole model answers: scale times the probability. */
  answers(features: Float32Array): Float32Array
  weights(): NetworkWeight[]
  restore(weights: readonly NetworkWeight[]): void
  /** As tf.LayersModel.save writes it. */
  topology(): unknown
  dispose(): void
}

export type NetworkOptions = {
  readonly width: number
  readonly parameters: LayersParameters
  /** The model answers with this times the probability; absent: with the probability. */
  readonly scale: number | undefined
  readonly seed: number
}

/** Rows that go through the network at once: bounds the memory of activations. */
const mostRowsAtOnce = 8192

/** Keeps log away from 0, as Keras does (backend epsilon). */
const epsilon = 1e-7

export function createNetwork({ tf, tfl, within }: LayersLibrary, options: NetworkOptions): Network {
  const { width, parameters, scale } = options
  const model = within(() => buildModel(tfl, options))
  const trained = scale === undefined ? model.layers : model.layers.slice(0, -1)
  const optimizer = within(() => tf.train.adam(parameters.learningRate))
  const variables = (): Variable[] => trained.flatMap((layer) => layer.trainableWeights.map(variableOf))
  const kernels = trained.map((layer) => variableOf(layer.trainableWeights[0]))
  const rowsOf = (features: Float32Array): Tensor2D => tf.tensor2d(features, [features.length / width, width])
  const probabilityOf = (rows: Tensor): Tensor => trained.reduce((x, layer) => layer.apply(x) as Tensor, rows)
  const inChunks = (features: Float32Array, ask: (rows: Tensor2D) => Tensor): Float32Array => {
    const answers = new Float32Array(features.length / width)
    for (let row = 0; row < answers.length; row += mostRowsAtOnce) {
      const chunk = features.subarray(row * width, (row + mostRowsAtOnce) * width)
      answers.set(within(() => tf.tidy(() => ask(rowsOf(chunk)).dataSync())) as Float32Array, row)
    }
    return answers
  }
  const lossOf = (features: Float32Array, target: Float32Array): Tensor => {
    const p = tf.clipByValue(tf.reshape(probabilityOf(rowsOf(features)), [-1]), epsilon, 1 - epsilon)
    const y = tf.tensor1d(target)
    const entropy = tf.neg(tf.mean(tf.add(tf.mul(y, tf.log(p)), tf.mul(tf.sub(1, y), tf.log(tf.sub(1, p))))))
    if (parameters.l2 === 0) return entropy
    const squares = kernels.map((kernel) => tf.sum(tf.square(kernel)))
    return tf.add(entropy, tf.mul(parameters.l2, tf.addN(squares)))
  }
  return {
    step: (features, target) =>
      within(() => {
        const loss = tf.tidy(() => {
          const value = optimizer.minimize(() => lossOf(features, target) as Scalar, true, variables())
          return value === null ? NaN : value.dataSync()[0]
        })
        if (Number.isFinite(loss)) return loss
        throw createError('EXECUTION_FAILED', `the loss of a batch must be finite, got ${loss}; lower learningRate`)
      }),
    probabilities: (features) => inChunks(features, probabilityOf),
    answers: (features) => inChunks(features, (rows) => model.predict(rows, { batchSize: mostRowsAtOnce }) as Tensor),
    weights: () =>
      within(() =>
        trained.flatMap(({ weights }) =>
          weights.map((weight) => ({
            name: weight.originalName,
            shape: variableOf(weight).shape,
            values: Float32Array.from(variableOf(weight).dataSync()),
          })),
        ),
      ),
    restore: (weights) =>
      within(() =>
        tf.tidy(() => {
          const targets = trained.flatMap((layer) => layer.weights.map(variableOf))
          targets.forEach((target, i) => target.assign(tf.tensor(weights[i].values, [...weights[i].shape])))
        }),
      ),
    topology: () => model.toJSON(undefined, false),
    dispose: () =>
      within(() => {
        optimizer.dispose()
        model.dispose()
      }),
  }
}

/** Layers have names of their own: TensorFlow.js counts the models of a process into those that it gives. */
function buildModel(tfl: LayersLibrary['tfl'], { width, parameters, scale, seed }: NetworkOptions): Sequential {
  const { hidden, activation } = parameters
  const kernelOf = (layer: number) =>
    activation === 'relu'
      ? tfl.initializers.heNormal({ seed: seed + layer })
      : tfl.initializers.glorotUniform({ seed: seed + layer })
  const shapeOf = (layer: number): { inputShape?: number[] } => (layer === 0 ? { inputShape: [width] } : {})
  const stack: layers.Layer[] = hidden.map((units, layer) =>
    tfl.layers.dense({
      units,
      activation,
      kernelInitializer: kernelOf(layer),
      name: `hidden_${layer + 1}`,
      ...shapeOf(layer),
    }),
  )
  stack.push(
    tfl.layers.dense({
      units: 1,
      activation: 'sigmoid',
      kernelInitializer: tfl.initializers.glorotUniform({ seed: seed + hidden.length }),
      name: 'probability',
      ...shapeOf(hidden.length),
    }),
  )
  if (scale !== undefined) stack.push(tfl.layers.rescaling({ scale, offset: 0, name: 'score' }) as layers.Layer)
  return tfl.sequential({ name: 'network', layers: stack })
}

type LayerWeight = layers.Layer['weights'][number]

/** `read` gives the variable itself (tfjs-layers variables.ts); its declared type is that of a tensor. */
function variableOf(weight: LayerWeight): Variable {
  return weight.read() as Variable
}
