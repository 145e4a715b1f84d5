// A region and the blocks that it reads and fills in, a function that computes it for the rows of a block out.

import { activate, type DenseChain } from '../regions/dense-chain.ts'
import { formulaFunction } from '../regions/formula/formulas.ts'
import type { RowFunction } from '../regions/formula/row-function.ts'
import { imputeValue } from '../regions/impute.ts'
import { indicatorValue } from '../regions/indicator.ts'
import type { OneHot } from '../regions/one-hot.ts'
import { createKeyTable } from '../regions/key-table.ts'
import { memberFunction, rankValue } from '../regions/ranks.ts'
import type { Region } from '../regions/region.ts'
import { scaleValue } from '../regions/scale.ts'
import { ensembleFunction, splitTreesFunction } from './block-trees.ts'
import { createRankSearch } from './rank-search.ts'
import type { Block, BlockFunction } from './row-block.ts'

export function regionFunction(region: Exclude<Region, { kind: 'input' }>, block: Block): BlockFunction {
  switch (region.kind) {
    case 'impute':
      return eachColumn(
        block,
        region.inputs.map((_, column) => (value) => imputeValue(region, column, value)),
      )
    case 'indicator':
      return eachColumn(
        block,
        region.inputs.map((_, column) => (value) => indicatorValue(region, column, value)),
      )
    case 'scale':
      return eachColumn(
        block,
        region.inputs.map((_, column) => (value) => scaleValue(region, column, value)),
      )
    case 'ordinal':
      return eachColumn(
        block,
        region.columns.map(({ keys, values, unknownValue }) => createKeyTable(keys, values, unknownValue)),
      )
    case 'ranks':
      return eachColumn(
        block,
        region.columns.map((column) => {
          if (column.kind === 'member') return memberFunction(column)
          const search = createRankSearch(column.flipPoints)
          const missing = rankValue(column, NaN)
          const { missingValue } = column
          return (value) => (Number.isNaN(value) || value === missingValue ? missing : search(value))
        }),
      )
    case 'one-hot':
      return oneHotFunction(region, block)
    case 'dense-chain':
      return eachRow(block, chainFunction(region))
    case 'split-trees':
      return splitTreesFunction(region, block)
    case 'tree-ensemble':
      return ensembleFunction(region, block)
    default:
      return eachRow(block, formulaFunction(region))
  }
}

function eachColumn({ input, output }: Block, functions: readonly ((value: number) => number)[]): BlockFunction {
  const width = functions.length
  return (rowCount) => {
    for (let column = 0; column < width; column++) {
      const compute = functions[column]
      for (let row = 0, at = column; row < rowCount; row++, at += width) output[at] = compute(input[at])
    }
  }
}

/** Views of all rows are made once. */
function eachRow({ input, output, blockRows }: Block, compute: RowFunction): BlockFunction {
  const inputs = rowsOf(input, blockRows)
  const outputs = rowsOf(output, blockRows)
  return (rowCount) => {
    for (let row = 0; row < rowCount; row++) compute(inputs[row], outputs[row])
  }
}

function rowsOf(values: Float64Array, rowCount: number): Float64Array[] {
  const width = values.length / rowCount
  return Array.from({ length: rowCount }, (_, row) => values.subarray(row * width, (row + 1) * width))
}

function oneHotFunction({ columns }: OneHot, { input, output }: Block): BlockFunction {
  const slots = columns.map(({ keys, slots, unknownSlot }) => createKeyTable(keys, slots, unknownSlot))
  const starts = columns.map((_, i) => columns.slice(0, i).reduce((sum, { width }) => sum + width, 0))
  const inputWidth = columns.length
  const outputWidth = columns.reduce((sum, { width }) => sum + width, 0)
  return (rowCount) => {
    output.fill(0, 0, rowCount * outputWidth)
    for (let i = 0; i < inputWidth; i++) {
      const slotOf = slots[i]
      for (let row = 0, from = i, to = starts[i]; row < rowCount; row++, from += inputWidth, to += outputWidth) {
        const slot = slotOf(input[from])
        if (slot >= 0) output[to + slot] = 1
      }
    }
  }
}

function chainFunction({ layers }: DenseChain): RowFunction {
  const hidden = layers.slice(0, -1).map(({ outputWidth }) => new Float64Array(outputWidth))
  return (input, output) => {
    let values = input
    for (let number = 0; number < layers.length; number++) {
      const { inputWidth, outputWidth, weights, bias, activation } = layers[number]
      const next = number < hidden.length ? hidden[number] : output
      for (let j = 0; j < outputWidth; j++) next[j] = bias[j]
      for (let i = 0, at = 0; i < inputWidth; i++) {
        const value = values[i]
        // weights are finite: what is not there adds nothing
        if (value === 0) {
          at += outputWidth
          continue
        }
        for (let j = 0; j < outputWidth; j++, at++) next[j] += value * weights[at]
      }
      if (activation !== 'identity') for (let j = 0; j < outputWidth; j++) next[j] = activate(activation, next[j])
      values = next
    }
  }
}
