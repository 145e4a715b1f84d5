// A saved tf.LayersModel, read but not understood, in; the source model out.

import type { Head } from '../../../src/artifact/head.ts'
import type { FeatureSchema, ModelSchema, Scalar } from '../../../src/artifact/schema.ts'
import { createError } from '../../../src/errors.ts'
import type { ColumnRef, Region } from '../../../src/regions/region.ts'
import { jsonTypeOf } from '../../formats/layers/json-kind.ts'
import { layersLimits, limitError } from '../../formats/layers/layers-limits.ts'
import type { LayersDocument } from '../../formats/layers/read-layers-model.ts'
import type { SourceModel } from '../source-model.ts'
import { ChainBuilder } from './chain-builder.ts'
import { LayerReader } from './layer-reader.ts'
import { type Growing, layerSpecOf, supportedLayers } from './layer-table.ts'
import { readAnnotations, type SourceAnnotations } from './source-annotations.ts'

/**
 * The model that `document` describes.
 * @throws UNSUPPORTED for a layer or setting that is not known; FILE_CORRUPT where weights or metadata contradict the
 * layers; LIMIT_EXCEEDED
 */
export function layersToSourceModel(document: LayersDocument): SourceModel {
  const readers = document.layers.map((layer) => new LayerReader(layer, document.weights))
  const width = inputWidthOf(readers)
  const annotations = readAnnotations(document.metadata, width)
  const growing: Growing = { chain: new ChainBuilder(width), isSoftmax: false }
  for (const reader of readers) addLayer(reader, growing)
  const head = headOf(growing, annotations)
  const regions = regionsOf(growing, annotations, width)
  const output = Array.from({ length: growing.chain.width }, (_, column) => ({ region: regions.length - 1, column }))
  const { framework = 'TensorFlow.js layers' } = annotations
  return {
    ...head,
    schema: { ...head.schema, features: featuresOf(annotations, width) },
    graph: { regions, output },
    source: { framework, frameworkVersion: document.version, estimator: describeLayers(document) },
  }
}

function addLayer(reader: LayerReader, growing: Growing): void {
  const spec = layerSpecOf(reader.className)
  if (spec === undefined) {
    const names = supportedLayers().map(({ name }) => name)
    throw reader.unsupported('this class of layer', `Supported are ${names.join(', ')}.`)
  }
  if (growing.isSoftmax && spec.role !== 'training only')
    throw reader.unsupported('a layer after softmax', 'Make softmax the last layer.')
  spec.add(reader, growing)
}

/** As the first layer states it, or as many as the first kernel has rows. */
function inputWidthOf(readers: readonly LayerReader[]): number {
  const [first] = readers
  if (first === undefined) throw createError('UNSUPPORTED', 'the layers model: a model without layers is not supported')
  const shape = first.setting('batch_input_shape') ?? first.setting('batch_shape')
  if (shape === undefined) {
    const rowCount = readers.map((reader) => reader.kernelRowCount()).find((count) => count !== undefined)
    if (rowCount !== undefined && rowCount > 0) return withinLimit(rowCount)
    throw first.corrupt('batch_input_shape', '[null, number of features]', shape)
  }
  if (!Array.isArray(shape) || shape.length !== 2)
    throw first.unsupported(
      `an input of shape ${JSON.stringify(shape).slice(0, 60)}`,
      'Give rows of numbers: [null, n].',
    )
  const width: unknown = shape[1]
  if (!Number.isSafeInteger(width) || (width as number) < 1)
    throw first.unsupported(`an input of ${jsonTypeOf(width)} columns`, 'Give rows of a fixed number of columns.')
  return withinLimit(width as number)
}

function withinLimit(width: number): number {
  if (width > layersLimits.inputWidth) throw limitError('inputWidth', width)
  return width
}

/** Standardizing of the metadata, scaling of the model itself, then its layers. */
function regionsOf({ chain }: Growing, { features }: SourceAnnotations, width: number): Region[] {
  const regions: Region[] = [{ kind: 'input', width }]
  const inputs = (): ColumnRef[] =>
    Array.from({ length: width }, (_, column) => ({ region: regions.length - 1, column }))
  if (features?.some(({ mean, scale }) => mean !== undefined || scale !== undefined) === true) {
    const first = features.map(({ mean = 0 }) => mean)
    const second = features.map(({ scale = 1 }) => scale)
    regions.push({ kind: 'scale', inputs: inputs(), form: 'subtract-divide', first, second })
  }
  const { before, layers } = chain.finish()
  if (before !== undefined) {
    const [first, second] = [[...before.scale], [...before.offset]]
    regions.push({ kind: 'scale', inputs: inputs(), form: 'multiply-add', first, second })
  }
  for (const { weights, bias } of layers) {
    const outside = weights.find(isOutsideFloat32) ?? bias.find(isOutsideFloat32)
    if (outside !== undefined)
      throw createError(
        'UNSUPPORTED',
        `the layers model: a weight of ${outside}, after folding, is not supported: float32 ends at 3.4e38. Scale the features and fit again`,
      )
  }
  regions.push({ kind: 'dense-chain', inputs: inputs(), layers })
  return regions
}

function isOutsideFloat32(value: number): boolean {
  return !Number.isFinite(Math.fround(value))
}

type HeadParts = {
  readonly kind: SourceModel['kind']
  readonly head: Head
  readonly schema: Omit<ModelSchema, 'features'>
}

function headOf({ chain, isSoftmax }: Growing, { output, classes }: SourceAnnotations): HeadParts {
  if (isSoftmax && output === 'value')
    throw createError(
      'UNSUPPORTED',
      'the layers model: softmax whose output is a value is not supported. Say output "probability", or take the softmax off',
    )
  const isSigmoid = output !== 'value' && !isSoftmax && chain.takeSigmoid()
  if (isSoftmax || isSigmoid) return classifierOf(isSoftmax ? 'softmax' : 'sigmoid', chain.width, classes)
  if (output === 'probability')
    throw createError(
      'UNSUPPORTED',
      'the layers model: output "probability" without sigmoid or softmax as the last layer is not supported. End the model in one of them',
    )
  if (classes !== undefined)
    throw createError('FILE_CORRUPT', 'the layers model: classes are listed, but its output is a value')
  const head: Head = { kind: 'regressor', link: 'identity', targetCount: chain.width }
  return { kind: 'regressor', head, schema: { outputs: ['value'] } }
}

/** One sigmoid unit tells two classes apart; several are yes or no each. */
function classifierOf(link: 'sigmoid' | 'softmax', width: number, given: readonly Scalar[] | undefined): HeadParts {
  const count = link === 'sigmoid' && width === 1 ? 2 : width
  const classes = given ?? Array.from({ length: count }, (_, label) => label)
  if (classes.length !== count)
    throw createError(
      'FILE_CORRUPT',
      `the layers model: ${count} classes must be listed for its ${width} outputs, got ${classes.length}`,
    )
  const schema = { classes, outputs: ['label', 'probabilities'] } as const
  if (link === 'sigmoid' && width > 1) return { kind: 'classifier', head: { kind: 'multilabel', classes }, schema }
  const target = { classes, start: 0, width, link, tie: 'first' } as const
  return { kind: 'classifier', head: { kind: 'classifier', targets: [target], hasScores: false }, schema }
}

/** The library does not say what a missing number means: it is refused. */
function featuresOf({ features }: SourceAnnotations, width: number): FeatureSchema[] {
  return Array.from({ length: width }, (_, i): FeatureSchema => {
    const { name, units, range, description } = features?.[i] ?? { name: `x${i}` }
    return {
      name,
      dtype: 'number',
      used: true,
      missing: 'error',
      ...(units !== undefined && { units }),
      ...(range !== undefined && { range: [range[0], range[1]] as const }),
      ...(description !== undefined && { description }),
    }
  })
}

/** Layers that a reader of a report is shown. */
const mostShownLayers = 40

/** `Sequential(Dense, Dropout, Dense)`. */
function describeLayers({ className, layers }: LayersDocument): string {
  const names = layers.slice(0, mostShownLayers).map((layer) => layer.className.slice(0, 60))
  return `${className}(${names.join(', ')}${layers.length > mostShownLayers ? ', …' : ''})`
}
