// A saved tf.LayersModel in; its layers with their settings, as plain JSON, out.

import { jsonTypeOf } from '../formats/layers/json-kind.ts'
import type { LayersDocument } from '../formats/layers/read-layers-model.ts'
import type { StepColumns } from '../frontends/sklearn/step-columns.ts'
import type { EstimatorNode } from './describe-estimators.ts'

/** What training alone reads. */
const trainingOnly = /_(initializer|regularizer|constraint)$|^(name|trainable|dtype)$/

export function describeLayers({ className, layers }: LayersDocument): EstimatorNode {
  let width = widthOf(layers[0]?.config['batch_input_shape'] ?? layers[0]?.config['batch_shape'])
  const children = layers.map(({ name, className: layerClass, config }): EstimatorNode => {
    const settings = Object.entries(config).filter(([key, value]) => !trainingOnly.test(key) && value !== null)
    const parameters = Object.fromEntries(settings.map(([key, value]) => [key, shown(value)]))
    const [before, units] = [width, config['units']]
    // of all layers that are known, Dense alone changes how wide a row is
    if (layerClass === 'Dense') width = typeof units === 'number' ? units : undefined
    const columns =
      before === undefined || width === undefined ? {} : { columns: { ...unnamed(before), output: width } }
    return { className: layerClass, name, parameters, ...columns, children: [] }
  })
  return { className, parameters: {}, children }
}

function widthOf(shape: unknown): number | undefined {
  const last: unknown = Array.isArray(shape) ? shape.at(-1) : undefined
  return typeof last === 'number' ? last : undefined
}

function unnamed(inputCount: number): StepColumns {
  return { inputCount, features: [], featureCount: 0 }
}

function shown(value: unknown): string {
  if (!Array.isArray(value) || value.length > 8) return jsonTypeOf(value).replaceAll('"', '')
  return `[${value.map((entry) => jsonTypeOf(entry)).join(', ')}]`
}
