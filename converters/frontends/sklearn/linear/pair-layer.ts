// A support vector machine of several classes with a linear kernel in; the linear layer that decides each pair of them out.

import type { DenseLayer } from '../../../../src/regions/dense-chain.ts'
import type { SupportMachine } from './support-machine.ts'

/** Weights of a pair: the support vectors of its two classes, each times its coefficient against the other class. */
export function pairLayer(
  { vectors, coefficients, intercepts }: SupportMachine,
  counts: readonly number[],
): Pick<DenseLayer, 'weights' | 'bias' | 'outputWidth'> {
  const width = vectors.columnCount
  const pairs = intercepts.length
  const weights = new Float64Array(width * pairs)
  const starts = counts.map((_, i) => counts.slice(0, i).reduce((sum, count) => sum + count, 0))
  const addVectors = (of: number, against: number, pair: number): void => {
    const row = against < of ? against : against - 1
    for (let k = starts[of]; k < starts[of] + counts[of]; k++) {
      const coefficient = coefficients.values[row * vectors.rowCount + k]
      for (let i = 0; i < width; i++) weights[i * pairs + pair] += coefficient * vectors.values[k * width + i]
    }
  }
  for (let i = 0, pair = 0; i < counts.length; i++)
    for (let j = i + 1; j < counts.length; j++, pair++) {
      addVectors(i, j, pair)
      addVectors(j, i, pair)
    }
  return { weights, bias: intercepts, outputWidth: pairs }
}
