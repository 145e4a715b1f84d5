// A tf.LayersModel in; the files that its save method would write, with plain or quantized weights, and its answers out.
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { toFloat16Bits } from '../../src/artifact/float16.ts'

export type LayersFiles = { 'model.json': Uint8Array; 'weights.bin': Uint8Array }
export type StoredAs = 'float32' | 'uint8' | 'uint16' | 'float16'

export { tf, tfl }

const encoder = new TextEncoder()

export async function saveLayers(model: tfl.LayersModel, storedAs: StoredAs = 'float32'): Promise<LayersFiles> {
  let saved: tf.io.ModelArtifacts | undefined
  await model.save(
    tf.io.withSaveHandler((artifacts) => {
      saved = artifacts
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' as const } })
    }),
  )
  if (saved?.weightSpecs === undefined || saved.weightData === undefined) throw new Error('the model saved no weights')
  const { weightSpecs, weightData, ...content } = saved
  const floats = new Float32Array(tf.io.concatenateArrayBuffers([weightData].flat()))
  const { specs, bytes } = store(weightSpecs, floats, storedAs)
  const json = { ...content, weightsManifest: [{ paths: ['weights.bin'], weights: specs }] }
  return { 'model.json': encoder.encode(JSON.stringify(json)), 'weights.bin': bytes }
}

function store(
  given: readonly tf.io.WeightsManifestEntry[],
  floats: Float32Array,
  storedAs: StoredAs,
): { specs: tf.io.WeightsManifestEntry[]; bytes: Uint8Array } {
  const parts: Uint8Array[] = []
  let offset = 0
  const specs = given.map((spec) => {
    const length = spec.shape.reduce((product, size) => product * size, 1)
    const values = floats.slice(offset, (offset += length))
    if (storedAs === 'float32') {
      parts.push(new Uint8Array(values.buffer))
      return spec
    }
    if (storedAs === 'float16') {
      parts.push(new Uint8Array(Uint16Array.from(values, toFloat16Bits).buffer))
      return { ...spec, quantization: { dtype: storedAs, original_dtype: 'float32' as const } }
    }
    const min = Math.min(...values)
    const scale = (Math.max(...values) - min) / (storedAs === 'uint8' ? 255 : 65535) || 1
    const codes = [...values].map((value) => Math.round((value - min) / scale))
    parts.push(storedAs === 'uint8' ? Uint8Array.from(codes) : new Uint8Array(Uint16Array.from(codes).buffer))
    return { ...spec, quantization: { dtype: storedAs, min, scale, original_dtype: 'float32' as const } }
  })
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return { specs, bytes }
}

/** The same files, with `change` made to the content of model.json. */
export function withModelJson(files: LayersFiles, change: (content: Record<string, unknown>) => void): LayersFiles {
  const content = JSON.parse(new TextDecoder().decode(files['model.json'])) as Record<string, unknown>
  change(content)
  return { ...files, 'model.json': encoder.encode(JSON.stringify(content)) }
}

/** What TensorFlow.js itself answers to saved files. */
export async function answersOf(files: LayersFiles, rows: readonly (readonly number[])[]): Promise<number[][]> {
  const content = JSON.parse(new TextDecoder().decode(files['model.json'])) as tf.io.ModelJSON
  const weightSpecs = content.weightsManifest.flatMap(({ weights }) => weights)
  const model = await tfl.loadLayersModel(
    tf.io.fromMemory({ ...content, weightSpecs, weightData: files['weights.bin'].slice().buffer }),
  )
  const answers = tf.tidy(() => (model.predict(tf.tensor2d(rows as number[][])) as tf.Tensor2D).arraySync())
  model.dispose()
  return answers
}

/** Initialisers that give biases and statistics other than 0 and 1, the same in every run. */
export function seeded(seed: number, spread = 0.5): { kernel: Initializer; bias: Initializer; positive: Initializer } {
  return {
    kernel: tfl.initializers.randomNormal({ stddev: spread, seed }),
    bias: tfl.initializers.randomUniform({ minval: -spread, maxval: spread, seed: seed + 1 }),
    positive: tfl.initializers.randomUniform({ minval: 0.5, maxval: 2, seed: seed + 2 }),
  }
}

type Initializer = ReturnType<typeof tfl.initializers.randomNormal>

export function dense(units: number, seed: number, more: object = {}): tfl.layers.Layer {
  const { kernel, bias } = seeded(seed)
  return tfl.layers.dense({ units, kernelInitializer: kernel, biasInitializer: bias, ...more })
}

export function batchNormalization(seed: number, more: object = {}): tfl.layers.Layer {
  const { bias, positive } = seeded(seed)
  return tfl.layers.batchNormalization({
    gammaInitializer: positive,
    betaInitializer: bias,
    movingMeanInitializer: bias,
    movingVarianceInitializer: positive,
    ...more,
  })
}

export function rowsOf(width: number, count: number, seed: number): number[][] {
  return tf.tidy(() => tf.randomNormal([count, width], 0, 1.5, 'float32', seed).arraySync() as number[][])
}
