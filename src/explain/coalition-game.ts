// A model of columns and two rows in; what it answers where some features have the one row's values and the others the other's, out.

import { activate, type DenseChain } from '../regions/dense-chain.ts'
import type { ColumnModel } from './column-model.ts'

export type Mix = {
  /** Columns of a coalition's features come from here, … */
  readonly own: Float64Array
  /** … and the other ones from here. */
  readonly reference: Float64Array
  /** Bit of a column's feature in a coalition; −1 where both rows are equal. */
  readonly bitOf: readonly number[]
  /** Features that differ. */
  readonly count: number
  readonly output: number
}

/** The answer for a coalition, a set of bits; asked for 0, 1, 2 … in this order. */
export type CoalitionGame = (coalition: number) => number

/** `chain` computes what `run` does. */
export function coalitionGame(
  { run, chain }: Pick<ColumnModel, 'run'> & { readonly chain?: DenseChain | undefined },
  mix: Mix,
): CoalitionGame {
  return chain === undefined ? rowGame(run, mix) : chainGame(chain, mix)
}

/** A run for each coalition. */
function rowGame(run: ColumnModel['run'], { own, reference, bitOf, output }: Mix): CoalitionGame {
  const mixed = new Float64Array(own.length)
  return (coalition) => {
    for (let i = 0; i < mixed.length; i++) {
      const isIn = bitOf[i] >= 0 && ((coalition >> bitOf[i]) & 1) === 1
      mixed[i] = isIn ? own[i] : reference[i]
    }
    return run(mixed)[output]
  }
}

/**
 * The first layer is linear in its columns, and the next coalition changes few bits: `sums[k]` holds its sums with the bits
 * from k on settled, so that two additions a unit take the place of a product with all columns. Of the last layer only one
 * unit is asked for. Nothing is allocated a coalition.
 */
function chainGame({ layers }: DenseChain, mix: Mix): CoalitionGame {
  const [first, ...later] = layers
  const { deltas, start } = firstSums(first, mix)
  const sums = Array.from({ length: mix.count + 1 }, () => new Float64Array(first.outputWidth))
  sums[mix.count].set(start)
  const buffers = layers.map(({ outputWidth }) => new Float64Array(outputWidth))
  return (coalition) => {
    // 0 has no bit: everything is to be settled
    const changed = coalition === 0 ? mix.count - 1 : 31 - Math.clz32(coalition & -coalition)
    for (let bit = changed; bit >= 0; bit--) settle(bit, (coalition >> bit) & 1)
    let values = buffers[0]
    const settled = sums[0]
    const isOnly = later.length === 0
    for (let unit = isOnly ? mix.output : 0; unit < (isOnly ? mix.output + 1 : values.length); unit++)
      values[unit] = activate(first.activation, settled[unit])
    for (let l = 0; l < later.length; l++) {
      const { weights, bias, activation, inputWidth, outputWidth } = later[l]
      const next = buffers[l + 1]
      const isLast = l === later.length - 1
      for (let unit = isLast ? mix.output : 0; unit < (isLast ? mix.output + 1 : outputWidth); unit++) {
        let sum = bias[unit]
        for (let i = 0; i < inputWidth; i++) sum += values[i] * weights[i * outputWidth + unit]
        next[unit] = activate(activation, sum)
      }
      values = next
    }
    return values[mix.output]
  }

  function settle(bit: number, isIn: number): void {
    const from = sums[bit + 1]
    const to = sums[bit]
    const delta = deltas[bit]
    for (let unit = 0; unit < to.length; unit++) to[unit] = isIn === 1 ? from[unit] + delta[unit] : from[unit]
  }
}

/** The first layer's sums for the reference, and what each feature adds to them where it changes to the row's value. */
function firstSums(
  { weights, bias, outputWidth }: DenseChain['layers'][number],
  { own, reference, bitOf, count }: Mix,
): { readonly start: Float64Array; readonly deltas: readonly Float64Array[] } {
  const start = Float64Array.from(bias)
  const deltas = Array.from({ length: count }, () => new Float64Array(outputWidth))
  for (let i = 0; i < reference.length; i++)
    for (let unit = 0; unit < outputWidth; unit++) {
      const weight = weights[i * outputWidth + unit]
      start[unit] += reference[i] * weight
      if (bitOf[i] >= 0) deltas[bitOf[i]][unit] += (own[i] - reference[i]) * weight
    }
  return { start, deltas }
}
