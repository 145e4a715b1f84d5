// A layer without activation, a row and a reference in; coefficient times distance, summed a feature, out.

import type { DenseLayer } from '../regions/dense-chain.ts'

export type LinearCall = {
  /** Columns of the row and of the reference, as the layer reads them. */
  readonly own: Float64Array
  readonly reference: Float64Array
  readonly featureOf: readonly number[]
  readonly output: number
}

/** Σ over a feature's columns of w·(x − reference): the Shapley values of a linear model with independent features. */
export function linearValues(
  { weights, outputWidth }: DenseLayer,
  { own, reference, featureOf, output }: LinearCall,
  featureCount: number,
): Float64Array {
  const values = new Float64Array(featureCount)
  for (let i = 0; i < own.length; i++)
    values[featureOf[i]] += weights[i * outputWidth + output] * (own[i] - reference[i])
  return values
}
