// A dense chain in, its JSON and three tensors a layer out, and back.

import type { NamedTensor } from '../artifact/tensor.ts'
import type { DenseChain, DenseLayer } from './dense-chain.ts'
import { restoreRefs, storeRefs } from './stored-numbers.ts'
import type { StoredOf } from './stored-shape.ts'
import { type TensorValues, tensorValues } from './stored-trees.ts'

export function storeDenseChain(region: DenseChain, index: number, denseScale: 'column' | 'none') {
  const hasScale = denseScale === 'column'
  const stored: StoredOf<'dense-chain'> = {
    kind: 'dense-chain',
    inputs: storeRefs(region.inputs),
    layers: region.layers.map(({ inputWidth, outputWidth, activation }) => ({
      inputWidth,
      outputWidth,
      activation,
      hasScale,
    })),
  }
  const tensors = region.layers.flatMap((layer, number) => layerTensors(layer, index, number, hasScale))
  return { stored, tensors }
}

export function restoreDenseChain(stored: StoredOf<'dense-chain'>, index: number, tensors: TensorValues): DenseChain {
  const layers = stored.layers.map(({ inputWidth, outputWidth, activation, hasScale }, number): DenseLayer => {
    const read = (part: string, length: number) => tensorValues(tensors, denseTensorName(index, number, part), length)
    const weights = read('weights', inputWidth * outputWidth).slice()
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

function layerTensors(layer: DenseLayer, index: number, number: number, hasScale: boolean): NamedTensor[] {
  const { inputWidth, outputWidth } = layer
  const name = (part: string) => denseTensorName(index, number, part)
  const scale = hasScale ? columnScales(layer) : undefined
  const weights = scale ? layer.weights.map((value, i) => value / scale[i % outputWidth]) : layer.weights
  const tensors: NamedTensor[] = [
    { name: name('weights'), role: 'dense', shape: [inputWidth, outputWidth], values: weights, dtype: 'float32' },
    { name: name('bias'), role: 'parameter', shape: [outputWidth], values: layer.bias, dtype: 'float32' },
  ]
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
