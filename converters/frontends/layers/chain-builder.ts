// Dense layers, scalings and activations in their order in; the fewest layers of a dense chain that say the same out.

import { limitError, layersLimits } from '../../formats/layers/layers-limits.ts'
import type { Activation, DenseLayer } from '../../../src/regions/dense-chain.ts'

/** One side of a piecewise linear activation a unit: factor · relu(slope · x + shift). */
export type Side = {
  readonly factor: (unit: number) => number
  readonly slope: number
  readonly shift: number
}

export type BuiltChain = {
  /** x · scale + offset a feature before the first layer, in double; absent where it changes nothing. */
  readonly before?: { readonly scale: Float64Array; readonly offset: Float64Array }
  readonly layers: readonly DenseLayer[]
}

/**
 * Σ over blocks of factors[block][j] · x[block · width + j], plus offset[j]: what stands between two layers and waits to be
 * folded, in double, into whichever comes next. One block is a scaling; several put the sides of an activation together.
 */
type Pending = { readonly factors: readonly Float64Array[]; readonly offset: Float64Array }

export class ChainBuilder {
  #width: number
  #before: BuiltChain['before']
  #pending: Pending | undefined
  readonly #layers: DenseLayer[] = []
  #madeElementCount = 0

  constructor(inputWidth: number) {
    this.#width = inputWidth
  }

  get width(): number {
    return this.#width
  }

  /** weights: row-major [width, bias.length]. */
  dense(weights: Float64Array, bias: Float64Array): void {
    const pending = this.#takePending()
    const outputWidth = bias.length
    const folded = pending === undefined ? { weights, bias } : fold(pending, { weights, bias, outputWidth })
    this.#push(folded.weights, folded.bias)
    this.#width = outputWidth
  }

  /** x · scale + offset a column. */
  affine(scale: Float64Array, offset: Float64Array): void {
    const last = this.#layers.at(-1)
    if (last !== undefined && this.#pending === undefined && last.activation === 'identity') {
      const { bias, outputWidth } = last
      const weights = last.weights.map((weight, i) => weight * scale[i % outputWidth])
      this.#layers[this.#layers.length - 1] = { ...last, weights, bias: bias.map((b, j) => b * scale[j] + offset[j]) }
      return
    }
    const { factors, offset: start } = this.#pending ?? { factors: [ones(this.#width)], offset: zeros(this.#width) }
    this.#pending = {
      factors: factors.map((block) => block.map((factor, j) => factor * scale[j])),
      offset: start.map((value, j) => value * scale[j] + offset[j]),
    }
  }

  activation(activation: Exclude<Activation, 'identity'>): void {
    const last = this.#settled()
    this.#layers[this.#layers.length - 1] = { ...last, activation }
  }

  /** Σ over sides, plus offset: two relu units stand for each unit until the next layer. */
  sides(sides: readonly Side[], offset: number): void {
    const { inputWidth, outputWidth, weights, bias } = this.#settled()
    const width = sides.length * outputWidth
    this.#countMade(inputWidth * width)
    const wide = new Float64Array(inputWidth * width)
    for (let i = 0; i < inputWidth; i++)
      for (let k = 0; k < width; k++)
        wide[i * width + k] = weights[i * outputWidth + (k % outputWidth)] * sides[Math.floor(k / outputWidth)].slope
    const shifted = sides.flatMap(({ slope, shift }) => Array.from(bias, (b) => b * slope + shift))
    this.#layers[this.#layers.length - 1] = {
      inputWidth,
      outputWidth: width,
      weights: wide,
      bias: Float64Array.from(shifted),
      activation: 'relu',
    }
    this.#pending = {
      factors: sides.map(({ factor }) => Float64Array.from({ length: outputWidth }, (_, unit) => factor(unit))),
      offset: zeros(outputWidth).fill(offset),
    }
  }

  /** True, and taken off, where the last thing is a sigmoid: a head does it in double. */
  takeSigmoid(): boolean {
    const last = this.#layers.at(-1)
    if (last?.activation !== 'logistic' || this.#pending !== undefined) return false
    this.#layers[this.#layers.length - 1] = { ...last, activation: 'identity' }
    return true
  }

  finish(): BuiltChain {
    if (this.#pending !== undefined || this.#layers.length === 0) this.#settled()
    return { ...(this.#before && { before: this.#before }), layers: this.#layers }
  }

  /** The last layer, linear and with nothing behind it: one is made where there is none. */
  #settled(): DenseLayer {
    const last = this.#layers.at(-1)
    if (last !== undefined && this.#pending === undefined && last.activation === 'identity') return last
    this.#countMade(this.#width * this.#width)
    const unit = new Float64Array(this.#width * this.#width)
    for (let i = 0; i < this.#width; i++) unit[i * this.#width + i] = 1
    this.dense(unit, zeros(this.#width))
    return this.#layers[this.#layers.length - 1]
  }

  /** What waits, save before the first layer: there it becomes a scaling of the features. */
  #takePending(): Pending | undefined {
    const pending = this.#pending
    this.#pending = undefined
    if (pending === undefined || this.#layers.length > 0) return pending
    this.#before = { scale: pending.factors[0], offset: pending.offset }
    return undefined
  }

  #push(weights: Float64Array, bias: Float64Array): void {
    const inputWidth = weights.length / bias.length
    this.#layers.push({ inputWidth, outputWidth: bias.length, weights, bias, activation: 'identity' })
  }

  #countMade(count: number): void {
    this.#madeElementCount += count
    if (this.#madeElementCount > layersLimits.madeElementCount)
      throw limitError('madeElementCount', this.#madeElementCount)
  }
}

type Matrix = { readonly weights: Float64Array; readonly bias: Float64Array; readonly outputWidth: number }

function fold({ factors, offset }: Pending, { weights, bias, outputWidth }: Matrix): Omit<Matrix, 'outputWidth'> {
  const width = offset.length
  const folded = new Float64Array(factors.length * weights.length)
  const moved = Float64Array.from(bias)
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < outputWidth; j++) {
      const weight = weights[i * outputWidth + j]
      moved[j] += offset[i] * weight
      for (let block = 0; block < factors.length; block++)
        folded[(block * width + i) * outputWidth + j] = factors[block][i] * weight
    }
  }
  return { weights: folded, bias: moved }
}

function ones(width: number): Float64Array {
  return new Float64Array(width).fill(1)
}

function zeros(width: number): Float64Array {
  return new Float64Array(width)
}
