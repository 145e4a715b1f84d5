// A region in; what it knows of each of its inputs by itself, as numbers, out.

import type { Region } from '../../../../src/regions/region.ts'

/** Row-major [inputs, width]. */
export type ColumnNumbers = { readonly values: ArrayLike<number>; readonly width: number }

/** Undefined where inputs are not told apart by numbers: each then counts by itself. */
export function columnNumbers(region: Region): ColumnNumbers | undefined {
  switch (region.kind) {
    case 'normalize':
      return { values: [], width: 0 }
    case 'linear':
      return { values: region.weights.values, width: region.weights.columns }
    case 'exact-linear':
      return { values: region.weights.exact.values, width: region.weights.exact.columns }
    case 'dense-chain':
      return { values: region.layers[0].weights, width: region.layers[0].outputWidth }
    case 'term-weights': {
      const { values } = region.weights
      return { values, width: values.length === 0 ? 0 : 1 }
    }
    case 'scale':
      return pairs(region.first, region.second)
    case 'impute':
      return pairs(region.missing, region.fill)
    case 'map': {
      const numbers = new Map<string, number>()
      const values = Int32Array.from(region.functions, (each) => {
        const key = JSON.stringify(each)
        const number = numbers.get(key) ?? numbers.size
        numbers.set(key, number)
        return number
      })
      return { values, width: 1 }
    }
    case 'split-trees': {
      const tested = new Uint8Array(region.inputs.length)
      region.feature.forEach((input, node) => {
        if (region.jump[node] !== 0) tested[input] = 1
      })
      return { values: tested, width: 1 }
    }
    default:
      return undefined
  }
}

function pairs(first: readonly number[], second: readonly number[]): ColumnNumbers {
  const values = new Float64Array(2 * first.length)
  for (let i = 0; i < first.length; i++) {
    values[2 * i] = first[i]
    values[2 * i + 1] = second[i]
  }
  return { values, width: 2 }
}
