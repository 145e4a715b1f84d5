// A dense chain in, its JSON and the tensors of each layer (matrix, perhaps in parts, bias and scale) out, and back.

import { createError } from '../errors.ts'
import type { NamedTensor } from '../artifact/tensor.ts'
import type { DenseChain, DenseLayer } from './dense-chain.ts'
import { restoreRefs, storeRefs } from './stored-numbers.ts'
import type { StoredOf } from './stored-shape.ts'
import { type TensorValues, tensorValues } from './tensor-values.ts'

export type DenseStoreOptions = {
  readonly denseScale: 'column' | 'none'
  /** Row counts of the tensors that each layer's matrix is cut into; of one where absent. */
  readonly parts?: readonly (readonly number[])[]
}

export function storeDenseChain(region: DenseChain, index: number, { denseScale, parts }: DenseStoreOptions) {
  const hasScale = denseScale === 'column'
  const stored: StoredOf<'dense-chain'> = {
    kind: 'dense-chain',
    inputs: storeRefs(region.inputs),
    layers: region.layers.map(({ inputWidth, outputWidth, activation }, number) => ({
      inputWidth,
      outputWidth,
      activation,
      hasScale,
      ...(isCut(parts?.[number]) && { parts: [...parts[number]] }),
    })),
  }
  const tensors = region.layers.flatMap((layer, number) =>
    layerTensors(layer, { index, number, hasScale, parts: parts?.[number] }),
  )
  return { stored, tensors }
}

export function restoreDenseChain(stored: StoredOf<'dense-chain'>, index: number, tensors: TensorValues): DenseChain {
  const layers = stored.layers.map(({ inputWidth, outputWidth, activation, hasScale, parts }, number): DenseLayer => {
    const read = (part: string, length: number) => tensorValues(tensors, denseTensorName(index, number, part), length)
    const rowCounts = parts ?? [inputWidth]
    assertRows(rowCounts, inputWidth, { index, number })
    // each part is as long as its tensor before anything is allocated: widths are what a file says
    const pieces = rowCounts.map((rowCount, part) =>
      read(parts === undefined ? 'weights' : densePartName(part), rowCount * outputWidth),
    )
    const weights = Float64Array.from(pieces.length === 1 ? pieces[0] : pieces.flatMap((piece) => [...piece]))
    if (hasScale) {
      const scale = read('scale', outputWidth)
      for (let i = 0; i < weights.length; i++) weights[i] *= scale[i % outputWidth]
    }
    return { inputWidth, outputWidth, weights, bias: read('bias', outputWidth).slice(), activation }
  })
  return { kind: 'dense-chain', inputs: restoreRefs(stored.inputs), layers }
}

export function denseTensorName(region: number, layer: number, part: string): string {
  return `dense${region}/${layer}/${part}`
}

/** Name of the tensor with part `part` of a matrix that is cut into several. */
export function densePartName(part: number): string {
  return `weights/${part}`
}

function isCut(parts: readonly number[] | undefined): parts is readonly number[] {
  return parts !== undefined && parts.length > 1
}

function assertRows(
  parts: readonly number[],
  inputWidth: number,
  { index, number }: { readonly index: number; readonly number: number },
): void {
  const rowCount = parts.reduce((sum, rows) => sum + rows, 0)
  if (rowCount === inputWidth) return
  throw createError(
    'VALIDATION_FAILED',
    `region ${index}, dense-chain, layer ${number}: parts must have ${inputWidth} rows together, got ${rowCount}; convert the model again`,
  )
}

function layerTensors(
  layer: DenseLayer,
  place: {
    readonly index: number
    readonly number: number
    readonly hasScale: boolean
    readonly parts: readonly number[] | undefined
  },
): NamedTensor[] {
  const { inputWidth, outputWidth } = layer
  const name = (part: string) => denseTensorName(place.index, place.number, part)
  const scale = place.hasScale ? columnScales(layer) : undefined
  const weights = scale ? layer.weights.map((value, i) => value / scale[i % outputWidth]) : layer.weights
  const rowCounts = isCut(place.parts) ? place.parts : [inputWidth]
  let start = 0
  const tensors = rowCounts.map((rowCount, part): NamedTensor => {
    const values = weights.slice(start, (start += rowCount * outputWidth))
    const partName = rowCounts.length > 1 ? densePartName(part) : 'weights'
    return { name: name(partName), role: 'dense', shape: [rowCount, outputWidth], values, dtype: 'float32' }
  })
  tensors.push({ name: name('bias'), role: 'parameter', shape: [outputWidth], values: layer.bias, dtype: 'float32' })
  if (scale)
    tensors.push({ name: name('scale'), role: 'parameter', shape: [outputWidth], values: scale, dtype: 'float32' })
  return tensors
}

/** Largest magnitude of each column as a float32 that is not below it; 1 where all weights are 0. */
function columnScales({ weights, outputWidth }: DenseLayer): Float64Array {
  const scales = new Float64Array(outputWidth)
  for (let i = 0; i < weights.length; i++)
    scales[i % outputWidth] = Math.max(scales[i % outputWidth], Math.abs(weights[i]))
  return scales.map((scale) => {
    const rounded = Math.fround(scale)
    if (rounded === 0) return 1
    return rounded >= scale ? rounded : Math.fround(scale * (1 + 2 ** -23))
  })
}
