// Dense layers and rows in; what every layer reads and the last one gives, and how outputs follow a layer's sums, out.

import { activate, type Activation, type DenseLayer } from '../../src/regions/dense-chain.ts'

export type Activations = {
  /** What each layer reads: `inputs[layer][row]`. */
  readonly inputs: readonly (readonly Float64Array[])[]
  readonly outputs: readonly Float64Array[]
}

export function runLayers(layers: readonly DenseLayer[], rows: readonly Float64Array[]): Activations {
  const inputs: (readonly Float64Array[])[] = []
  let values = rows
  for (const layer of layers) {
    inputs.push(values)
    values = values.map((row) => runLayer(layer, row))
  }
  return { inputs, outputs: values }
}

export function runLayer(layer: DenseLayer, row: Float64Array): Float64Array {
  const { inputWidth, outputWidth, weights, bias, activation } = layer
  const sums = Float64Array.from(bias)
  for (let i = 0; i < inputWidth; i++) {
    const value = row[i]
    if (value === 0) continue
    for (let j = 0; j < outputWidth; j++) sums[j] += value * weights[i * outputWidth + j]
  }
  return sums.map((sum) => activate(activation, sum))
}

/** Derivatives of the outputs of row `row` by the sums of layer `index`: [width of the output, width of the layer]. */
export function outputSlopes(
  layers: readonly DenseLayer[],
  activations: Activations,
  { index, row }: { readonly index: number; readonly row: number },
): Float64Array {
  const last = layers.length - 1
  const outputCount = layers[last].outputWidth
  let slopes = new Float64Array(outputCount * outputCount)
  for (let k = 0; k < outputCount; k++) slopes[k * outputCount + k] = 1
  for (let l = last; ; l--) {
    const { outputWidth, inputWidth, weights, activation } = layers[l]
    const outputs = l === last ? activations.outputs[row] : activations.inputs[l + 1][row]
    for (let at = 0; at < slopes.length; at++) slopes[at] *= activationSlope(activation, outputs[at % outputWidth])
    if (l === index) return slopes
    const before = new Float64Array(outputCount * inputWidth)
    for (let k = 0; k < outputCount; k++)
      for (let i = 0; i < inputWidth; i++)
        for (let j = 0; j < outputWidth; j++)
          before[k * inputWidth + i] += slopes[k * outputWidth + j] * weights[i * outputWidth + j]
    slopes = before
  }
}

/** Slope of an activation, from what it gave. */
function activationSlope(activation: Activation, output: number): number {
  switch (activation) {
    case 'identity':
      return 1
    case 'relu':
      return output > 0 ? 1 : 0
    case 'tanh':
      return 1 - output * output
    case 'logistic':
      return output * (1 - output)
  }
}
