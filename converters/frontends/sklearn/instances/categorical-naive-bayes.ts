// A fitted CategoricalNB in; one-hot columns and a dense chain of one layer out.

import { readClasses } from '../class-labels.ts'
import { describeValue, type Matrix, toMatrix } from '../estimator-reader.ts'
import { defineEstimator, type Scope } from '../estimator-spec.ts'
import { assertColumnCount, type Column, type ColumnSet } from '../columns.ts'
import type { GraphBuilder } from '../graph-builder.ts'
import { numbersBelow } from './class-columns.ts'
import { discreteIgnored, logLinearClassifier, readPriors } from './discrete-naive-bayes.ts'

/**
 * Source: sklearn/naive_bayes.py of 1.9.1, `CategoricalNB._joint_log_likelihood`: Σ feature_log_prob_[i][class, category].
 * A feature of the model must be one of its category numbers, where scikit-learn also takes 2.7 for 2. A column that other
 * steps compute is cut to an integer as there; beyond its categories, where scikit-learn fails, it adds nothing.
 */
export const categoricalNaiveBayes = defineEstimator({
  names: ['CategoricalNB'],
  role: 'classifier',
  notes: 'features that are category numbers from 0 on',
  reads: ['feature_log_prob_', 'class_log_prior_', 'classes_'],
  ignored: {
    ...discreteIgnored,
    min_categories: 'fitted into feature_log_prob_',
    category_count_: 'fitted into feature_log_prob_',
    n_categories_: 'counted from feature_log_prob_',
  },
  predict(reader, input, scope) {
    const { place } = reader
    const classes = readClasses(reader)
    const lists = reader.list('feature_log_prob_')
    if (lists.length !== input.columns.length)
      throw reader.corrupt('feature_log_prob_', `${input.columns.length} tables`, describeValue(lists as never))
    const tables = lists.map((value, i): Matrix => {
      const table = toMatrix(value, place, `feature_log_prob_[${i}]`)
      if (table.rowCount === classes.length && table.columnCount > 0) return table
      throw reader.corrupt(`feature_log_prob_[${i}]`, `${classes.length} rows`, `${table.rowCount}`)
    })
    assertColumnCount(tables.reduce((sum, { columnCount }) => sum + columnCount, 0))
    scope.builder.takeNumbers(input.columns, place, { nan: false, infinite: false })
    const categories = asCategories(input, tables, scope)
    return logLinearClassifier(sideBySide(tables, classes.length), readPriors(reader, classes.length), {
      reader,
      input: categories,
      scope,
    })
  },
})

function asCategories(input: ColumnSet, tables: readonly Matrix[], { builder }: Scope): ColumnSet {
  const columns = tables.map(({ columnCount: width }, i) => {
    const keys = numbersBelow(width)
    if (input.columns[i].domain === 'feature') builder.declareKeys(input.columns[i], keys, 'error')
    return { keys, slots: keys, width, unknownSlot: -1 }
  })
  const inputs = wholeNumbers(input.columns, builder).map(({ ref }) => ref)
  return { columns: builder.compute({ kind: 'one-hot', inputs, columns }, input.columns), isSparse: false }
}

function wholeNumbers(columns: readonly Column[], builder: GraphBuilder): readonly Column[] {
  // encoders give whole numbers
  if (columns.every(({ domain, ref }) => domain === 'feature' || builder.kindOf(ref) === 'ordinal')) return columns
  const functions = columns.map(() => ({ name: 'trunc', settings: [] }) as const)
  return builder.compute({ kind: 'map', inputs: columns.map(({ ref }) => ref), functions }, columns)
}

function sideBySide(tables: readonly Matrix[], rowCount: number): Matrix {
  const columnCount = tables.reduce((sum, table) => sum + table.columnCount, 0)
  const values = new Float64Array(rowCount * columnCount)
  for (let row = 0; row < rowCount; row++) {
    let at = row * columnCount
    for (const { values: own, columnCount: width } of tables) {
      values.set(own.subarray(row * width, (row + 1) * width), at)
      at += width
    }
  }
  return { rowCount, columnCount, values }
}
