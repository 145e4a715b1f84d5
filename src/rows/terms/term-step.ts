// A region that keeps zeros in; what it makes of a sparse row of its inputs, in place, out.

import { columnFunctionSpec } from '../../regions/formula/column-functions.ts'
import { rowDivisor } from '../../regions/formula/normalize.ts'
import { termWeight } from '../../regions/formula/term-weights.ts'
import { imputeValue } from '../../regions/impute.ts'
import { scaleValue } from '../../regions/scale.ts'
import type { SparseRow } from './sparse-row.ts'
import type { TermRegion } from './term-regions.ts'

export type TermStep = (row: SparseRow) => void

export function createTermStep(region: TermRegion): TermStep {
  switch (region.kind) {
    case 'normalize': {
      const divisorOf = rowDivisor(region)
      return ({ values, count }) => {
        const divisor = divisorOf(values, count)
        for (let i = 0; i < count; i++) values[i] /= divisor
      }
    }
    case 'normalize-by': {
      const divisorOf = rowDivisor(region)
      const counts = new Float64Array(region.counted)
      return ({ places, values, count }) => {
        let countedCount = 0
        for (let i = 0; i < count; i++) if (places[i] < region.counted) counts[countedCount++] = values[i]
        const divisor = divisorOf(counts, countedCount)
        for (let i = 0; i < count; i++) values[i] /= divisor
      }
    }
    case 'term-weights': {
      const weigh = termWeight(region)
      return eachValue((value, column) => (value === 0 ? 0 : weigh(value, column)))
    }
    case 'scale':
      return eachValue((value, column) => scaleValue(region, column, value))
    case 'impute':
      return eachValue((value, column) => imputeValue(region, column, value))
    case 'map': {
      const functions = region.functions.map(({ name, settings }) => columnFunctionSpec(name).make(settings))
      return eachValue((value, column) => functions[column](value))
    }
  }
}

function eachValue(compute: (value: number, column: number) => number): TermStep {
  return ({ places, values, count }) => {
    for (let i = 0; i < count; i++) values[i] = compute(values[i], places[i])
  }
}
