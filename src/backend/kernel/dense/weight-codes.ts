// A layer in, its weights as 8-bit codes of each column out, where that is what they are.

import type { DenseLayer } from '../../../regions/dense-chain.ts'

/** Weight (i, j) is `offset[j] + scale[j] · codes[i · outputWidth + j]`. */
export type WeightCodes = {
  readonly codes: Int8Array
  readonly scale: Float64Array
  readonly offset: Float64Array
}

/** Decoded weights are this close to their codes, relative to the largest of the column: two roundings to float32. */
const closeness = 2 ** -22

/** Undefined where a column's weights are not at most 256 evenly spaced numbers. */
export function toWeightCodes({ inputWidth, outputWidth, weights }: DenseLayer): WeightCodes | undefined {
  const codes = new Int8Array(inputWidth * outputWidth)
  const [scale, offset] = [new Float64Array(outputWidth), new Float64Array(outputWidth)]
  const column = new Float64Array(inputWidth)
  for (let j = 0; j < outputWidth; j++) {
    for (let i = 0; i < inputWidth; i++) column[i] = weights[i * outputWidth + j]
    const sorted = column.slice().sort()
    const [low, high] = [sorted[0], sorted[inputWidth - 1]]
    const most = Math.max(Math.abs(low), Math.abs(high))
    let gap = high - low
    for (let i = 1; i < inputWidth; i++) {
      const next = sorted[i] - sorted[i - 1]
      if (next > 4 * closeness * most && next < gap) gap = next
    }
    const steps = gap === 0 ? 0 : Math.round((high - low) / gap)
    if (!(steps <= 255)) return undefined
    const step = steps === 0 ? 0 : (high - low) / steps
    scale[j] = step
    offset[j] = low + 128 * step
    for (let i = 0; i < inputWidth; i++) {
      const code = step === 0 ? 0 : Math.round((column[i] - low) / step)
      if (!(Math.abs(low + code * step - column[i]) <= closeness * most)) return undefined
      codes[i * outputWidth + j] = code - 128
    }
  }
  return { codes, scale, offset }
}
