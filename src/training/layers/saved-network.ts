// A fitted network and how its features were standardized in; the files that tf.LayersModel.save would write out.

import type { TrainingJob } from '../trainer.ts'
import type { Network } from './network.ts'
import type { ColumnScales } from './standard-columns.ts'

export type SavedNetworkOptions = {
  readonly job: TrainingJob
  readonly scales: ColumnScales
  /** Of TensorFlow.js. */
  readonly version: string
}

/** `model.json` and `weights.bin`; what the format has no place for is in userDefinedMetadata, where convert reads it. */
export function savedNetwork(
  network: Network,
  { job, scales, version }: SavedNetworkOptions,
): Record<string, Uint8Array> {
  const weights = network.weights()
  const bytes = new Uint8Array(weights.reduce((sum, { values }) => sum + values.byteLength, 0))
  const view = new DataView(bytes.buffer)
  let offset = 0
  for (const { values } of weights)
    for (const value of values) {
      view.setFloat32(offset, value, true)
      offset += 4
    }
  const content = {
    format: 'layers-model',
    generatedBy: `TensorFlow.js tfjs-layers v${version}`,
    convertedBy: null,
    modelTopology: network.topology(),
    userDefinedMetadata: { 'tfjs-serving-source': annotationsOf(job, scales) },
    weightsManifest: [
      { paths: ['weights.bin'], weights: weights.map(({ name, shape }) => ({ name, shape, dtype: 'float32' })) },
    ],
  }
  return { 'model.json': new TextEncoder().encode(`${JSON.stringify(content)}\n`), 'weights.bin': bytes }
}

function annotationsOf({ config }: TrainingJob, { mean, scale }: ColumnScales) {
  return {
    features: config.data.features.map((name, i) => ({ name, mean: mean[i], scale: scale[i] })),
    output: config.decision.scale === undefined ? 'probability' : 'value',
  }
}
