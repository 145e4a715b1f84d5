// A saved tf.LayersModel in; its layers with their settings, as plain JSON, out.

import { jsonTypeOf } from '../formats/layers/json-kind.ts'
import type { LayersDocument } from '../formats/layers/read-layers-model.ts'
import type { EstimatorNode } from './describe-estimators.ts'

/** What training alone reads. */
const trainingOnly = /_(initializer|regularizer|constraint)$|^(name|trainable|dtype)$/

export function describeLayers({ className, layers }: LayersDocument): EstimatorNode {
  const children = layers.map(({ name, className: layerClass, config }): EstimatorNode => {
    const settings = Object.entries(config).filter(([key, value]) => !trainingOnly.test(key) && value !== null)
    const parameters = Object.fromEntries(settings.map(([key, value]) => [key, shown(value)]))
    return { className: layerClass, name, parameters, children: [] }
  })
  return { className, parameters: {}, children }
}

function shown(value: unknown): string {
  if (!Array.isArray(value) || value.length > 8) return jsonTypeOf(value).replaceAll('"', '')
  return `[${value.map((entry) => jsonTypeOf(entry)).join(', ')}]`
}
