// The files of a saved tf.LayersModel in; its layers in order, weights and metadata, checked but not yet understood, out.

import { createError } from '../../../src/errors.ts'
import { isJsonRecord, type JsonRecord, jsonTypeOf, parseJsonObject } from './json-kind.ts'
import { orderLayers } from './layer-order.ts'
import { corrupt, type LayerRecord } from './layer-record.ts'
import { type LayerWeights, readLayerWeights } from './weight-files.ts'

export type LayersDocument = {
  /** `Sequential`, or `Functional` for every other. */
  readonly className: 'Sequential' | 'Functional'
  /** From input to output; those of nested sequential models in their place. */
  readonly layers: readonly LayerRecord[]
  readonly weights: LayerWeights
  /** `4.22.0` as the file states it, or `unknown`. */
  readonly version: string
  /** What `model.setUserDefinedMetadata` was given; undefined without. */
  readonly metadata: unknown
}

/**
 * @throws FILE_CORRUPT where the files break the format; UNSUPPORTED for models that are no chain of layers;
 * MODEL_LOAD_FAILED for a weight file that is not there; LIMIT_EXCEEDED
 */
export function readLayersModel(name: string, files: Readonly<Record<string, Uint8Array>>): LayersDocument {
  const content = parseJsonObject(files[name], name)
  const topology = topologyOf(content)
  const className = topology['class_name']
  if (className !== 'Sequential' && className !== 'Model' && className !== 'Functional')
    throw createError(
      'UNSUPPORTED',
      `the layers model: a model of class ${jsonTypeOf(className)} is not supported. Supported are Sequential and Functional (tf.sequential, tf.model)`,
    )
  return {
    className: className === 'Sequential' ? 'Sequential' : 'Functional',
    layers: orderLayers(topology),
    weights: readLayerWeights(content, files),
    version: versionOf(content, topology),
    metadata: content['userDefinedMetadata'],
  }
}

/** `modelTopology` itself, or its `model_config` where the converter of Keras wrote the file. */
function topologyOf({ modelTopology }: JsonRecord): JsonRecord {
  if (!isJsonRecord(modelTopology)) throw corrupt('modelTopology', 'an object', modelTopology)
  const config = modelTopology['model_config']
  if (config === undefined) return modelTopology
  if (!isJsonRecord(config)) throw corrupt('modelTopology.model_config', 'an object', config)
  return config
}

function versionOf(content: JsonRecord, topology: JsonRecord): string {
  for (const text of [content['generatedBy'], topology['keras_version'], content['convertedBy']]) {
    const version = typeof text === 'string' ? /\d{1,4}\.\d{1,4}\.\d{1,4}/.exec(text.slice(0, 200)) : null
    if (version !== null) return version[0]
  }
  return 'unknown'
}
