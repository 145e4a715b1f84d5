// The formula `normalize`: a row divided by its norm.

import { choiceField, numberField } from './field.ts'
import { defineFormula } from './define-formula.ts'

/** Of the first `count` of `row`. */
type Norm = (row: Float64Array, count: number) => number

const norms = {
  l1: (row, count) => {
    let sum = 0
    for (let i = 0; i < count; i++) sum += Math.abs(row[i])
    return sum
  },
  l2: (row, count) => {
    let sum = 0
    for (let i = 0; i < count; i++) sum += row[i] * row[i]
    return Math.sqrt(sum)
  },
  max: (row, count) => {
    let most = 0
    for (let i = 0; i < count; i++) {
      const size = Math.abs(row[i])
      if (!(size <= most)) most = size
    }
    return most
  },
} as const satisfies Readonly<Record<string, Norm>>

export type NormName = keyof typeof norms
export const normNames = Object.keys(norms) as NormName[]

export const normalize = defineFormula({
  kind: 'normalize',
  fields: {
    norm: choiceField(...normNames),
    /** Rows whose norm is below it stay as they are; 0 leaves rows of zeros. */
    least: numberField,
  },
  verify({ inputs, least }, fail) {
    if (!(least >= 0)) fail('least', `must be a number from 0, got ${least}`)
    return inputs.length
  },
  compile: (region) => divideRows(region, region.inputs.length),
  describe: ({ inputs, norm }) => `${inputs.length} columns by their ${norm} norm`,
})

/** Divides rows by the norm of their first `counted` columns. */
export function divideRows(
  region: { readonly norm: NormName; readonly least: number },
  counted: number,
): (input: Float64Array, output: Float64Array) => void {
  const divisorOf = rowDivisor(region)
  return (input, output) => {
    const divisor = divisorOf(input, counted)
    for (let i = 0; i < input.length; i++) output[i] = input[i] / divisor
  }
}

/** What a row is divided by; columns that are 0 need not be there. */
export function rowDivisor({ norm, least }: { readonly norm: NormName; readonly least: number }): Norm {
  const measure: Norm = norms[norm]
  return (row, count) => {
    const size = measure(row, count)
    return size < least || size === 0 ? 1 : size
  }
}
