// Models whose parts read one another, of scikit-learn's own files, against the definition on their own raw outputs.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createExplainer } from '../../src/explain/explainer.ts'
import { interpret } from '../../src/regions/interpret.ts'
import { shapleyByDefinition } from './brute-force-shapley.ts'
import { canonicalRows, readSource, repository, type Subject } from './golden-sources.ts'

const pause = () => undefined

function readCase(name: string): Subject & { readonly rows: readonly Float64Array[] } {
  const folder = `test/golden/sklearn/1.9/${name}`
  const { metadata, graph } = readSource(folder)
  const golden = JSON.parse(readFileSync(new URL(`${folder}/golden.json`, repository), 'utf8')) as { rows: unknown[] }
  return { metadata, graph, rows: canonicalRows(metadata.schema, golden.rows) }
}

/** Brute force stays quick. */
const mostDiffering = 6

describe('a model whose parts read one another', () => {
  it.each([
    ...[
      'stacking',
      'stacking_multiclass',
      'voting_soft',
      'voting_hard',
      'voting_regressor',
      'calibrated_isotonic_tree',
    ],
    ...['bagging_line', 'nu_svc_probability', 'linear_svc_multiclass', 'regressor_chain_tree', 'pca_random_tree'],
  ])('%s gets the Shapley values of the definition', async (name) => {
    const { metadata, graph, rows } = readCase(name)
    const explain = createExplainer(metadata, graph)
    for (const [own, other] of [rows.slice(0, 2), rows.slice(2, 4)]) {
      const reference = other.map((value, feature) => (feature < mostDiffering ? value : own[feature]))
      const found = await explain(own, { output: undefined, reference, pause })
      const expected = shapleyByDefinition(mostDiffering, (coalition) => {
        const mixed = own.map((value, i) => (i >= mostDiffering || (coalition >> i) & 1 ? value : reference[i]))
        return interpret(graph, mixed)[found.output]
      })
      if (found.method === 'tree-shap') throw new Error(`${name} is explained as plain trees`)
      found.contributions.slice(0, mostDiffering).forEach(({ contribution }, i) => {
        expect(Math.abs(contribution - (expected.at(i) ?? 0))).toBeLessThan(1e-9 * (1 + Math.abs(found.margin)))
      })
      expect(found.margin).toBeCloseTo(interpret(graph, own)[found.output], 9)
    }
  })

  it('is explained by estimates where all its features differ, which add up all the same', async () => {
    const { metadata, graph, rows } = readCase('gaussian_nb')
    const explain = createExplainer(metadata, graph)
    const found = await explain(rows[0], { output: undefined, reference: rows[1], pause })
    expect(found.method).toBe('sampled-shapley')
    expect(found.margin).toBeCloseTo(interpret(graph, rows[0])[found.output], 9)
  })

  it('is not explained where it but prepares rows for others', async () => {
    const { metadata, graph, rows } = readCase('pca_white')
    await expect(
      createExplainer(metadata, graph)(rows[0], { output: undefined, reference: undefined, pause }),
    ).rejects.toMatchObject({ code: 'UNSUPPORTED', message: expect.stringContaining('prepares rows') as unknown })
  })
})
