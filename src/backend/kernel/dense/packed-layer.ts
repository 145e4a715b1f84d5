// A layer in, its float32 weights and bias in a kernel's memory, in the order in which they are read, out.

import type { Activation, DenseLayer } from '../../../regions/dense-chain.ts'
import type { KernelMemory } from '../kernel-memory.ts'

/** Columns that the block form computes at once: two vectors. */
export const panelWidth = 8

/** Columns up to which a layer is read along its inputs: a vector of columns would stay half empty. */
const maxDotWidth = 2

/**
 * - `panels`: eight columns after eight columns, each [inputWidth, 8], zeros beyond the last column.
 * - `dots`: column after column, each padded to a multiple of four inputs by zeros.
 */
export type WeightOrder = 'panels' | 'dots'

export type PackedLayer = {
  readonly inputWidth: number
  readonly outputWidth: number
  readonly activation: Activation
  readonly order: WeightOrder
  /** Addresses. */
  readonly weights: number
  readonly bias: number
}

export function packLayer(layer: DenseLayer, memory: KernelMemory): PackedLayer {
  const { inputWidth, outputWidth, activation } = layer
  const order = outputWidth <= maxDotWidth ? 'dots' : 'panels'
  const bias = new Float32Array(Math.ceil(outputWidth / panelWidth) * panelWidth)
  bias.set(layer.bias)
  return {
    inputWidth,
    outputWidth,
    activation,
    order,
    weights: memory.table(order === 'dots' ? dotWeights(layer) : panelWeights(layer)),
    bias: memory.table(bias),
  }
}

/** Elements from one row to the next, where every row is a whole number of vectors. */
export function vectorPitch(width: number): number {
  return Math.ceil(width / 4) * 4
}

function panelWeights({ inputWidth, outputWidth, weights }: DenseLayer): Float32Array {
  const panels = new Float32Array(Math.ceil(outputWidth / panelWidth) * inputWidth * panelWidth)
  for (let i = 0, at = 0; i < inputWidth; i++)
    for (let j = 0; j < outputWidth; j++)
      panels[(Math.floor(j / panelWidth) * inputWidth + i) * panelWidth + (j % panelWidth)] = weights[at++]
  return panels
}

function dotWeights({ inputWidth, outputWidth, weights }: DenseLayer): Float32Array {
  const pitch = vectorPitch(inputWidth)
  const columns = new Float32Array(outputWidth * pitch)
  for (let j = 0; j < outputWidth; j++)
    for (let i = 0; i < inputWidth; i++) columns[j * pitch + i] = weights[i * outputWidth + j]
  return columns
}
