// Layers in, a function out that computes them for rows of float32: products added up in float64, each activation rounded once.

import { activate, type DenseChain, type DenseLayer } from '../../../regions/dense-chain.ts'
import type { ScriptCore } from './script-core.ts'

/** A row with a number that float32 does not hold has no answer: NaN. */
export function createScriptChain({ layers }: DenseChain): ScriptCore {
  const width = layers[0].inputWidth
  const widest = layers.reduce((most, { outputWidth }) => Math.max(most, outputWidth), width)
  const [values, sums] = [new Float32Array(widest), new Float64Array(widest)]
  const rawWidth = layers[layers.length - 1].outputWidth

  return (columns, rowCount, raw) => {
    for (let row = 0; row < rowCount; row++) {
      let isFinite = true
      for (let i = 0; i < width; i++) {
        values[i] = columns[row * width + i]
        // 0 for finite numbers only.
        if (values[i] - values[i] !== 0) isFinite = false
      }
      for (const layer of layers) runLayer(layer, values, sums)
      for (let k = 0; k < rawWidth; k++) raw[row * rawWidth + k] = isFinite ? values[k] : NaN
    }
  }
}

/** `values` are the layer's inputs, and then its outputs. */
function runLayer(layer: DenseLayer, values: Float32Array, sums: Float64Array): void {
  const { inputWidth, outputWidth, weights, bias, activation } = layer
  for (let j = 0; j < outputWidth; j++) sums[j] = bias[j]
  for (let i = 0; i < inputWidth; i++) {
    const value = values[i]
    // One-hot columns and rectified units are mostly 0.
    if (value === 0) continue
    const start = i * outputWidth
    for (let j = 0; j < outputWidth; j++) sums[j] += value * weights[start + j]
  }
  for (let j = 0; j < outputWidth; j++) values[j] = activate(activation, sums[j])
}
