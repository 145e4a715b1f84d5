// Columns of a region of which few are not 0, and how those of others become them.

import type { ColumnRef } from '../../regions/column-ref.ts'

/** `values[i]` stands in column `places[i]`, for the first `count`; every other column is 0. */
export type SparseRow = {
  readonly places: Int32Array
  readonly values: Float64Array
  count: number
}

export function createSparseRow(width: number): SparseRow {
  return { places: new Int32Array(width), values: new Float64Array(width), count: 0 }
}

/** The input of a region that is column `column` of another. */
export type SparseInput = { readonly ref: ColumnRef; readonly input: number }

/** Fills a row of a region's inputs from the rows of those regions that it reads. */
export type Gather = (into: SparseRow) => void

/** `rowOf` gives the sparse row of a region, whose `widthOf` columns it may have. */
export function createGather(
  inputs: readonly SparseInput[],
  rowOf: (region: number) => SparseRow,
  widthOf: (region: number) => number,
): Gather {
  const regions = [...new Set(inputs.map(({ ref }) => ref.region))]
  const parts = regions.map((region) => {
    const own = inputs.filter(({ ref }) => ref.region === region)
    return isRun(own) ? runOf(own, rowOf(region)) : listOf(own, rowOf(region), widthOf(region))
  })
  return (into) => {
    into.count = 0
    for (let i = 0; i < parts.length; i++) parts[i](into)
  }
}

/** Neighbouring columns that become neighbouring inputs. */
function isRun(inputs: readonly SparseInput[]): boolean {
  const [first] = inputs
  return inputs.every(({ ref, input }, i) => ref.column === first.ref.column + i && input === first.input + i)
}

function runOf(inputs: readonly SparseInput[], from: SparseRow): Gather {
  const first = inputs[0].ref.column
  const end = first + inputs.length
  const shift = inputs[0].input - first
  return (into) => {
    let { count } = into
    for (let i = 0; i < from.count; i++) {
      const place = from.places[i]
      if (place < first || place >= end) continue
      into.places[count] = place + shift
      into.values[count++] = from.values[i]
    }
    into.count = count
  }
}

/** Any columns, each for any number of inputs. */
function listOf(inputs: readonly SparseInput[], from: SparseRow, width: number): Gather {
  const starts = new Int32Array(width + 1)
  for (const { ref } of inputs) starts[ref.column + 1]++
  for (let column = 0; column < width; column++) starts[column + 1] += starts[column]
  const targets = new Int32Array(inputs.length)
  const next = starts.slice()
  for (const { ref, input } of inputs) targets[next[ref.column]++] = input
  return (into) => {
    let { count } = into
    for (let i = 0; i < from.count; i++) {
      const column = from.places[i]
      for (let k = starts[column]; k < starts[column + 1]; k++) {
        into.places[count] = targets[k]
        into.values[count++] = from.values[i]
      }
    }
    into.count = count
  }
}
