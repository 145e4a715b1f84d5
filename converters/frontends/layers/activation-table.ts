// The name of an activation in; what it does to a chain, or that nothing here can say it, out.

import type { ChainBuilder, Side } from './chain-builder.ts'

type Apply = (chain: ChainBuilder) => void

/**
 * By name without `_`, in lower case. Softmax is not here: only a head can do it. Piecewise linear ones are sums of relu:
 * hard_sigmoid(x) = clip(0.2 x + 0.5, 0, 1) (tfjs-layers 4.22, backend/tfjs_backend.ts).
 */
export const activationTable: Readonly<Record<string, Apply>> = {
  linear: () => undefined,
  relu: (chain) => chain.activation('relu'),
  sigmoid: (chain) => chain.activation('logistic'),
  tanh: (chain) => chain.activation('tanh'),
  relu6: (chain) => chain.sides(cappedRelu(6), 0),
  hardsigmoid: (chain) =>
    chain.sides(
      [
        { factor: () => 1, slope: 0.2, shift: 0.5 },
        { factor: () => -1, slope: 0.2, shift: -0.5 },
      ],
      0,
    ),
}

export const activationNames = 'linear, relu, relu6, sigmoid, hard_sigmoid, tanh and, last, softmax'

/** min(relu(x), most) = relu(x) − relu(x − most). */
export function cappedRelu(most: number): Side[] {
  return [
    { factor: () => 1, slope: 1, shift: 0 },
    { factor: () => -1, slope: 1, shift: -most },
  ]
}

/** x for x > 0, alpha · x below: relu(x) − alpha · relu(−x). */
export function leakyRelu(alpha: (unit: number) => number): Side[] {
  return [
    { factor: () => 1, slope: 1, shift: 0 },
    { factor: (unit) => -alpha(unit), slope: -1, shift: 0 },
  ]
}
