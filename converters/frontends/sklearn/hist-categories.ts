// Categorical nodes of HistGradientBoosting in; the category set of each and what the schema must know of them out.

import type { CategorySet } from '../../../src/regions/split-trees.ts'
import { PyDict, type PyValue } from '../../formats/pickle/values.ts'
import { describeValue, type EstimatorReader, toNumbers, toValues } from './estimator-reader.ts'
import type { ColumnSet } from './columns.ts'
import type { GraphBuilder } from './graph-builder.ts'
import type { HistPredictor } from './hist-predictors.ts'

export type HistCategories = {
  readonly sets: readonly CategorySet[]
  /** Number of the set of a node of predictor `i`, −1 where its test is numeric. */
  setOf(i: number, node: number): number
  /** True where a column of the trees is categorical. */
  isCategorical(column: number): boolean
}

/** Words of 32 bits in a bitset: 256 bins. */
const bitsetWords = 8

type Context = { readonly columns: ColumnSet; readonly builder: GraphBuilder }

export function readCategories(
  reader: EstimatorReader,
  predictors: readonly HistPredictor[],
  { columns, builder }: Context,
): HistCategories {
  const mapper = reader.object('_bin_mapper', '_BinMapper').state
  const flags = mapper instanceof PyDict ? toValues(mapper.get('is_categorical_')) : undefined
  const thresholds = mapper instanceof PyDict ? mapper.get('bin_thresholds_') : undefined
  const width = columns.columns.length
  if (flags?.length !== width || !Array.isArray(thresholds) || thresholds.length !== width) {
    throw reader.corrupt(
      '_bin_mapper',
      `categorical flags and thresholds of ${width} columns`,
      describeValue(thresholds),
    )
  }
  const known = flags.map((flag, i) => (flag === true || flag === 1 ? readKnown(thresholds[i], reader) : undefined))
  known.forEach((keys, i) => {
    const column = columns.columns[i]
    if (keys === undefined || column.domain !== 'feature') return
    // Without an encoder of their own the categories are small whole numbers of the raw column.
    builder.declareNumber(column, reader.place)
    builder.declareKeys(column, keys, 'ignored')
  })
  const sets: CategorySet[] = []
  const numbers = predictors.map((predictor) => {
    return Int32Array.from(predictor.isCategorical, (flag, node) => {
      if (flag === 0 || predictor.tree.isLeaf(node)) return -1
      return sets.push(readSet(predictor, node, { reader, known })) - 1
    })
  })
  return {
    sets,
    setOf: (i, node) => numbers[i][node],
    isCategorical: (column) => known[column] !== undefined,
  }
}

function readKnown(value: PyValue, reader: EstimatorReader): ReadonlySet<number> {
  const keys = toNumbers(value)
  if (keys?.every((key) => Number.isInteger(key) && key >= 0 && key < bitsetWords * 32) === true) return new Set(keys)
  return reader.fail('_bin_mapper', 'categories from 0 to 255')
}

type SetContext = { readonly reader: EstimatorReader; readonly known: readonly (ReadonlySet<number> | undefined)[] }

function readSet(predictor: HistPredictor, node: number, { reader, known }: SetContext): CategorySet {
  const { bitsets, bitsetIndex, tree } = predictor
  const index = bitsetIndex[node]
  const keys = known[tree.feature[node]]
  if (keys === undefined || !Number.isInteger(index) || index < 0 || (index + 1) * bitsetWords > bitsets.length) {
    throw reader.corrupt(
      '_predictors.nodes',
      'categorical splits of categorical columns, each with a bitset',
      `${index}`,
    )
  }
  const left = new Set<number>()
  for (let word = 0; word < bitsetWords; word++) {
    for (let bit = 0; bit < 32; bit++) {
      if (Math.floor(bitsets[index * bitsetWords + word] / 2 ** bit) % 2 === 1) left.add(word * 32 + bit)
    }
  }
  return { left, known: keys }
}
