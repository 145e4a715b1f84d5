// The topology of a Sequential or Functional model in; its layers from input to output, where they are one chain, out.

import { createError } from '../../../src/errors.ts'
import { isJsonRecord, type JsonRecord, jsonTypeOf } from './json-kind.ts'
import { layersLimits, limitError } from './layers-limits.ts'
import { corrupt, type LayerRecord } from './layer-record.ts'

/** @throws UNSUPPORTED where layers branch, join or are shared; FILE_CORRUPT; LIMIT_EXCEEDED */
export function orderLayers(topology: JsonRecord): LayerRecord[] {
  const layers: LayerRecord[] = []
  addLayers(topology, { layers, depth: 0 })
  const names = new Set<string>()
  for (const { name } of layers) {
    if (names.has(name)) throw corrupt(`layer ${jsonTypeOf(name)}`, 'the only one of its name', name)
    names.add(name)
  }
  return layers
}

type Collected = { readonly layers: LayerRecord[]; readonly depth: number }

function addLayers(model: JsonRecord, { layers, depth }: Collected): void {
  if (depth === layersLimits.nestingDepth) throw limitError('nestingDepth', depth + 1)
  const isSequential = model['class_name'] === 'Sequential'
  const records = isSequential ? listOfLayers(model['config']) : chainOf(model['config'])
  for (const record of records) {
    const layer = layerOf(record)
    if (layer.className === 'Sequential') {
      addLayers({ class_name: 'Sequential', config: layer.config }, { layers, depth: depth + 1 })
      continue
    }
    if (layers.length === layersLimits.layerCount) throw limitError('layerCount', layers.length + 1)
    layers.push(layer)
  }
}

/** Old files have the list itself as `config`. */
function listOfLayers(config: unknown): readonly unknown[] {
  const list = isJsonRecord(config) ? config['layers'] : config
  if (!Array.isArray(list)) throw corrupt('config.layers', 'a list of layers', list)
  if (list.length > layersLimits.layerCount) throw limitError('layerCount', list.length)
  return list
}

/** Follows the one input of each layer, from the one output to the one input. */
function chainOf(config: unknown): readonly unknown[] {
  if (!isJsonRecord(config)) throw corrupt('config', 'an object', config)
  const records = new Map<string, JsonRecord>()
  for (const record of listOfLayers(config)) {
    if (!isJsonRecord(record)) throw corrupt('config.layers', 'a list of objects', record)
    records.set(layerOf(record).name, record)
  }
  const first = endOf(config['input_layers'], 'input_layers')
  const chain: JsonRecord[] = []
  for (let name = endOf(config['output_layers'], 'output_layers'); ; ) {
    const record = records.get(name)
    if (record === undefined) throw corrupt('inbound_nodes', 'names of layers of the model', name)
    records.delete(name) // a second visit is a cycle, and finds nothing
    chain.push(record)
    if (name === first) break
    name = inboundOf(record, name)
  }
  const [beside] = records.keys()
  if (beside !== undefined)
    throw createError(
      'UNSUPPORTED',
      `the layers model: layer ${jsonTypeOf(beside)} beside the chain from input to output is not supported. Save a model that is one chain of layers`,
      { details: { layer: beside } },
    )
  return chain.reverse()
}

/** `[name, 0, 0]`, or a list of one of them. */
function endOf(value: unknown, where: string): string {
  const ends = Array.isArray(value) && Array.isArray(value[0]) ? (value as unknown[]) : [value]
  if (ends.length > 1)
    throw createError(
      'UNSUPPORTED',
      `the layers model: ${ends.length} ${where} are not supported. Join the inputs into one row, and save one model an output`,
    )
  const [end] = ends
  if (Array.isArray(end) && typeof end[0] === 'string') return end[0]
  throw corrupt(where, '[name, 0, 0]', end)
}

/** `[[["dense", 0, 0, {}]]]`: one call of the layer, of one tensor. */
function inboundOf(record: JsonRecord, name: string): string {
  const nodes = record['inbound_nodes']
  if (!Array.isArray(nodes)) throw corrupt(`inbound_nodes of ${jsonTypeOf(name)}`, 'a list', nodes)
  const [node] = nodes as readonly unknown[]
  if (nodes.length !== 1 || (Array.isArray(node) && node.length !== 1))
    throw createError(
      'UNSUPPORTED',
      `the layers model: layer ${jsonTypeOf(name)} that is called ${nodes.length === 1 ? 'of several tensors' : `${nodes.length} times`} is not supported. Save a model that is one chain of layers`,
      { details: { layer: name } },
    )
  const tensor: unknown = Array.isArray(node) ? node[0] : undefined
  if (Array.isArray(tensor) && typeof tensor[0] === 'string') return tensor[0]
  throw corrupt(
    `inbound_nodes of ${jsonTypeOf(name)}`,
    '[[["layer", 0, 0, {}]]], as Keras 2 and TensorFlow.js write it',
    node,
  )
}

function layerOf(record: unknown): LayerRecord {
  if (!isJsonRecord(record)) throw corrupt('a layer', 'an object', record)
  const { class_name: className, config } = record
  if (typeof className !== 'string') throw corrupt('class_name of a layer', 'text', className)
  if (className === 'Sequential' && Array.isArray(config)) return { name: '', className, config: { layers: config } }
  if (!isJsonRecord(config)) throw corrupt(`config of a ${className.slice(0, 60)}`, 'an object', config)
  const name = config['name'] ?? record['name']
  if (typeof name !== 'string' || name === '') throw corrupt(`name of a ${className.slice(0, 60)}`, 'text', name)
  return { name, className, config }
}
