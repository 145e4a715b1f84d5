// Explanations of folded trees against Shapley values by the definition on the source's own trees and columns: for what
// the shap package cannot read, such as categorical splits, and for pipelines of every kind.

import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { columnFeature } from '../../src/explain/column-feature.ts'
import { createExplainer } from '../../src/explain/explainer.ts'
import { interpretInputs } from '../../src/regions/interpret.ts'
import type { RegionGraph } from '../../src/regions/region.ts'
import { splitGoesRight, type SplitTrees } from '../../src/regions/split-trees.ts'
import { pathShapleyByDefinition } from './brute-force-shapley.ts'
import { canonicalRows, readSource, repository } from './golden-sources.ts'

/** With the rows that show something: some real, and edges such as missing values and categories never seen. */
const cases: readonly (readonly [name: string, rows: readonly number[]])[] = [
  ['hist_gradient_boosting_classifier_category_index', [0, 3, 12, 13, 16, 20]],
  ['hist_gradient_boosting_classifier_category_multiclass', [0, 5, 13, 17]],
  ['hist_gradient_boosting_classifier_category_name', [0, 12, 15]],
  ['hist_gradient_boosting_classifier_from_dtype', [0, 12, 14, 18]],
  ['hist_gradient_boosting_regressor_many_categories', [0, 12, 14]],
  ['hist_gradient_boosting_classifier_missing_unseen', [0, 12, 14]],
  ['credit_ordinal_hist_gradient_boosting', [0, 14, 18, 22]],
  ['credit_ordinal_random_forest', [0, 14, 18]],
  ['random_forest_classifier_targets', [0, 4]],
  ['decision_tree_regressor_targets', [0, 4]],
  ['churn_two_scalers_decision_tree', [0, 14]],
]

/** Trees of more columns than this are left to the other tests: the definition asks for every set of them. */
const mostPlayers = 13

it.each(cases)('gives the Shapley values of the source for %s', async (name, places) => {
  const folder = `test/golden/sklearn/1.9/${name}`
  const { metadata, graph, unfolded } = readSource(folder)
  const { rows } = JSON.parse(readFileSync(new URL(`${folder}/golden.json`, repository), 'utf8')) as { rows: unknown[] }
  const canonical = canonicalRows(metadata.schema, rows)
  const explain = createExplainer(metadata, graph)
  let checked = 0
  for (const place of places) {
    const row = canonical[place % canonical.length]
    for (let output = 0; output < graph.output.length; output++) {
      const expected = byDefinition(unfolded, row, output)
      const { method, base, contributions } = await explain(row, {
        output,
        reference: undefined,
        pause: () => undefined,
      })
      expect(method).toBe('tree-shap')
      const scale = Math.max(1, Math.abs(expected.base))
      expect(Math.abs(base - expected.base)).toBeLessThan(1e-11 * scale)
      contributions.forEach(({ contribution }, feature) => {
        expect(Math.abs(contribution - expected.values[feature])).toBeLessThan(1e-11 * scale)
      })
      checked += contributions.filter(({ contribution }) => contribution !== 0).length
    }
  }
  expect(checked).toBeGreaterThan(places.length)
})

function byDefinition(graph: RegionGraph, row: Float64Array, output: number) {
  const { region: number, column } = graph.output[output]
  const trees = graph.regions[number] as SplitTrees
  expect(trees.kind).toBe('split-trees')
  const inputs = interpretInputs(graph, row, number)
  const {
    base,
    contributions,
    mostPlayers: most,
  } = pathShapleyByDefinition({
    layout: trees,
    output: column,
    playerAt: (node) => trees.feature[node],
    goesRight: (node) => splitGoesRight(trees, node, inputs[trees.feature[node]]),
  })
  expect(most).toBeLessThanOrEqual(mostPlayers)
  const values = new Float64Array(row.length)
  for (const [player, value] of contributions) values[columnFeature(graph, trees.inputs[player])] += value
  return { base, values }
}
