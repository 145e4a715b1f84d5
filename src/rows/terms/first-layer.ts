// A region that adds up its inputs in; its weights and bias, whatever kind of region it is, out.

import type { SumRegion } from './term-regions.ts'

export type FirstLayer = {
  /** Row-major [inputs, width]. */
  readonly weights: Float64Array
  readonly bias: Float64Array
  /** Number of sums. */
  readonly width: number
  /** Whether the sums are all that the region gives. */
  readonly isAll: boolean
}

export function firstLayer(region: SumRegion): FirstLayer {
  switch (region.kind) {
    case 'linear':
      return tables(region.weights, region.bias)
    case 'exact-linear':
      return tables(region.weights.exact, region.bias.exact)
    case 'dense-chain': {
      const [{ weights, bias, outputWidth: width, activation }] = region.layers
      return { weights, bias, width, isAll: region.layers.length === 1 && activation === 'identity' }
    }
  }
}

type Values = { readonly values: Float64Array; readonly columns: number }

function tables({ values: weights, columns: width }: Values, { values: bias }: Values): FirstLayer {
  return { weights, bias, width, isAll: true }
}
