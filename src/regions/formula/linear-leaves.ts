// The formula `linear-leaves`: leaves that rows reached in several trees, and columns, in; sums of the linear functions of
// those leaves out.

import { assertFinite, assertIntegers, assertLength } from '../table-checks.ts'
import { defineFormula } from './define-formula.ts'
import { integerField, integersField, tableField } from './field.ts'

/** Source: LightGBM 4.6.0, include/LightGBM/tree.h, `Tree::Predict` with `is_linear_`; 3.3.5 has the same. */
export const linearLeaves = defineFormula({
  kind: 'linear-leaves',
  fields: {
    /** The first inputs: for each tree the number of its leaf among all leaves. The others are columns of the row. */
    treeCount: integerField(1),
    /** Tree t adds to output t modulo this. */
    outputCount: integerField(1),
    /** [leaves, 2]: constant, and what the leaf gives where a column that it reads is missing. */
    leaves: tableField,
    /** Of each leaf; terms stand leaf after leaf. */
    termCounts: integersField,
    /** Of each term, which column of the row. */
    columns: integersField,
    /** [terms, 1] */
    factors: tableField,
  },
  verify({ inputs, treeCount, outputCount, leaves, termCounts, columns, factors }, fail) {
    const width = inputs.length - treeCount
    if (width < 0) fail('treeCount', `must be at most ${inputs.length} inputs, got ${treeCount}`)
    if (leaves.columns !== 2) fail('leaves', `must have 2 columns, got ${leaves.columns}`)
    assertFinite(fail, 'leaves', leaves.values)
    assertLength(fail, 'leaves', leaves.values, 2 * termCounts.length)
    assertIntegers(fail, 'termCounts', termCounts, [0, columns.length])
    const terms = termCounts.reduce((sum, count) => sum + count, 0)
    assertLength(fail, 'columns', columns, terms)
    assertIntegers(fail, 'columns', columns, [0, width - 1])
    if (factors.columns !== 1) fail('factors', `must have 1 column, got ${factors.columns}`)
    assertLength(fail, 'factors', factors.values, terms)
    assertFinite(fail, 'factors', factors.values)
    return outputCount
  },
  compile({ treeCount, outputCount, leaves: { values: leaves }, termCounts, columns, factors: { values: factors } }) {
    const leafCount = termCounts.length
    const starts = new Int32Array(leafCount + 1)
    for (let leaf = 0; leaf < leafCount; leaf++) starts[leaf + 1] = starts[leaf] + termCounts[leaf]
    const valueOf = (leaf: number, input: Float64Array): number => {
      let sum = leaves[2 * leaf]
      for (let term = starts[leaf]; term < starts[leaf + 1]; term++) {
        const x = input[treeCount + columns[term]]
        if (Number.isNaN(x)) return leaves[2 * leaf + 1]
        sum += factors[term] * x
      }
      return sum
    }
    return (input, output) => {
      output.fill(0)
      for (let tree = 0; tree < treeCount; tree++) {
        const leaf = input[tree]
        output[tree % outputCount] += leaf >= 0 && leaf < leafCount ? valueOf(leaf, input) : NaN
      }
    }
  },
  describe: ({ treeCount, termCounts, columns }) =>
    `${columns.length} terms in ${termCounts.length} leaves of ${treeCount} trees`,
})
