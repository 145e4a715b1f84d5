// Layers of x·W + b and an activation: linear models are chains of one layer, multi-layer perceptrons of several.

import type { ColumnRef } from './column-ref.ts'

export type Activation = 'identity' | 'relu' | 'tanh' | 'logistic'

export type DenseLayer = {
  readonly inputWidth: number
  readonly outputWidth: number
  /** Row-major [inputWidth, outputWidth]. */
  readonly weights: Float64Array
  /** [outputWidth] */
  readonly bias: Float64Array
  readonly activation: Activation
}

export type DenseChain = {
  readonly kind: 'dense-chain'
  readonly inputs: readonly ColumnRef[]
  readonly layers: readonly DenseLayer[]
}

export function activate(activation: Activation, x: number): number {
  switch (activation) {
    case 'identity':
      return x
    case 'relu':
      return Number.isNaN(x) ? x : Math.max(0, x)
    case 'tanh':
      return Math.tanh(x)
    case 'logistic':
      return 1 / (1 + Math.exp(-x))
  }
}

/** Float64 reference: one row in, the last layer's outputs out. */
export function runDenseChain(region: DenseChain, row: Float64Array): Float64Array {
  let values = row
  for (const layer of region.layers) {
    const next = Float64Array.from(layer.bias)
    for (let i = 0; i < layer.inputWidth; i++) {
      const value = values[i]
      for (let j = 0; j < layer.outputWidth; j++) next[j] += value * layer.weights[i * layer.outputWidth + j]
    }
    for (let j = 0; j < layer.outputWidth; j++) next[j] = activate(layer.activation, next[j])
    values = next
  }
  return values
}
