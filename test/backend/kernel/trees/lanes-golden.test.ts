// Stored scikit-learn ensembles through the kernel of sixteen rows at a time, against the reference.

import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { convertModel } from '../../../../converters/index.ts'
import { decodeWeights } from '../../../../src/artifact/decode-tensor.ts'
import { readArtifact } from '../../../../src/artifact/read-artifact.ts'
import { storedLeafGrid } from '../../../../src/backend/kernel/stored-leaf-grid.ts'
import { roundingBound } from '../../../../src/regions/rounding-bound.ts'
import { restoreRegions } from '../../../../src/regions/store.ts'
import { runTreeEnsemble } from '../../../../src/regions/tree-ensemble.ts'
import { createRandom } from '../../../helpers/random-regions.ts'
import { lanesOf } from './lanes-runner.ts'

const root = new URL('../../../golden/sklearn/1.9/', import.meta.url)

/** Deep and shallow, sums and means, one output and several, leaves of one value and several, stumps and single leaves. */
const names = [
  'ames_gradient_boosting_regressor',
  'ames_hist_gradient_boosting_regressor',
  'ames_random_forest_regressor',
  'attrition_hist_gradient_boosting_classifier',
  'attrition_targets_random_forest',
  'credit_extra_trees_classifier',
  'credit_gradient_boosting_classifier',
  'credit_indicator_gradient_boosting',
  'decision_tree_classifier_multiclass',
  'decision_tree_classifier_single_leaf',
  'decision_tree_classifier_stump',
  'decision_tree_classifier_unlimited',
]

function sourceOf(name: string): Record<string, Uint8Array> {
  const file = ['model.joblib', 'model.pkl'].find((candidate) => existsSync(new URL(`${name}/${candidate}`, root)))!
  return { [file]: new Uint8Array(readFileSync(new URL(`${name}/${file}`, root))) }
}

test.each(names.flatMap((name) => (['uint8', 'none'] as const).map((quantize) => ({ name, quantize }))))(
  'adds up $name as the reference does, quantize: $quantize',
  async ({ name, quantize }) => {
    const { files } = await convertModel(sourceOf(name), { quantize })
    const artifact = readArtifact(files)
    const graph = restoreRegions(artifact.metadata.regions, decodeWeights(artifact))
    const index = graph.regions.findIndex(({ kind }) => kind === 'tree-ensemble')
    const region = graph.regions[index]
    if (region.kind !== 'tree-ensemble') throw new Error(`${name} has no trees`)
    const ranks = graph.regions[region.inputs[0]?.region ?? index - 1]
    if (ranks.kind !== 'ranks') throw new Error(`${name} has no ranks`)
    const random = createRandom(index)
    const rows = Array.from({ length: 77 }, () =>
      Float64Array.from(region.inputs, ({ column }) => {
        const read = ranks.columns[column]
        return Math.floor(random() * (read.kind === 'rank' ? read.flipPoints.length + 1 : 2))
      }),
    )
    const answers = lanesOf(region, ranks, { grid: storedLeafGrid(artifact, index) })!(rows)
    const input = graph.regions[0]
    const bound = roundingBound(graph, new Float64Array(input.kind === 'input' ? input.width : 0))
    rows.forEach((row, i) => {
      runTreeEnsemble(region, row).forEach((value, k) => {
        expect(Math.abs(answers[i][k] - value), `row ${i}, output ${k}: ${value}`).toBeLessThanOrEqual(bound[k])
      })
    })
  },
)
