// An artifact's metadata and regions in; a function from canonical rows to explanations, by the method that fits the model, out.

import type { ArtifactMetadata } from '../artifact/metadata.ts'
import { createError } from '../errors.ts'
import type { DenseLayer } from '../regions/dense-chain.ts'
import type { RegionGraph } from '../regions/region.ts'
import type { TreeEnsemble } from '../regions/tree-ensemble.ts'
import { baselineShapley } from './baseline-shapley.ts'
import { columnPlayers } from './column-players.ts'
import { explainedOutput } from './explained-output.ts'
import type { Explanation } from './explanation.ts'
import { type LastRegion, lastRegion } from './last-region.ts'
import { linearValues } from './linear-values.ts'
import { createTreeShap, type TreeShap } from './tree-shap.ts'
import { usualRow } from './usual-row.ts'

export type ExplainCall = {
  readonly output: number | undefined
  /** Canonical; undefined for the usual row. */
  readonly reference: Float64Array | undefined
  /** Gives others their turn where it is time to; throws where the caller has left. */
  readonly pause: () => Promise<void> | undefined
}

export type Explainer = (row: Float64Array, call: ExplainCall) => Promise<Explanation>

type Explained = Pick<Explanation, 'method' | 'base'> & { readonly values: Float64Array }

/** What explains the outputs of one region. */
type RegionExplainer = {
  readonly last: LastRegion
  explain(columns: Float64Array, column: number, call: ExplainCall): Explained | Promise<Explained>
}

type Subject = Pick<ArtifactMetadata, 'name' | 'version' | 'schema' | 'head' | 'check'>

/** Nothing is derived before the first row. */
export function createExplainer(metadata: Subject, graph: RegionGraph): Explainer {
  const { name, version, schema, head } = metadata
  const explainers = new Map<number, RegionExplainer>()
  let usual: Float64Array | undefined

  function explainerOf(number: number): RegionExplainer {
    const found = explainers.get(number) ?? createRegionExplainer(number)
    explainers.set(number, found)
    return found
  }

  function createRegionExplainer(number: number): RegionExplainer {
    const region = graph.regions[number]
    if (region.kind !== 'dense-chain' && region.kind !== 'tree-ensemble') throw noModel(name, region.kind)
    const last = lastRegion(graph, number, region)
    if (region.kind === 'tree-ensemble' && region.cover.length > 0) return explainTrees(last, region)
    const layer = region.kind === 'dense-chain' ? onlyLayer(region.layers) : undefined
    return layer === undefined ? explainAny(last) : explainLayer(last, layer)
  }

  function explainTrees(last: LastRegion, region: TreeEnsemble): RegionExplainer {
    const { playerOf, featureOfPlayer } = columnPlayers(graph, region, last.featureOf)
    const shap: TreeShap = createTreeShap(region, playerOf)
    return {
      last,
      async explain(ranks, output, { pause }) {
        const ofPlayers = new Float64Array(featureOfPlayer.length)
        for (let tree = 0; tree < shap.treeCount; tree++) {
          const turn = pause()
          if (turn !== undefined) await turn
          shap.addTree(ofPlayers, tree, { ranks, output })
        }
        const values = new Float64Array(schema.features.length)
        featureOfPlayer.forEach((feature, player) => (values[feature] += ofPlayers[player]))
        return { method: 'tree-shap', base: shap.base(output), values }
      },
    }
  }

  function explainLayer(last: LastRegion, layer: DenseLayer): RegionExplainer {
    return {
      last,
      explain(own, output, call) {
        const reference = last.columns(referenceOf(call))
        const values = linearValues(
          layer,
          { own, reference, featureOf: last.featureOf, output },
          schema.features.length,
        )
        return { method: 'linear', base: last.run(reference)[output], values }
      },
    }
  }

  function explainAny(last: LastRegion): RegionExplainer {
    return {
      last,
      async explain(own, output, call) {
        const reference = last.columns(referenceOf(call))
        const players = { own, reference, output, pause: call.pause }
        const values = await baselineShapley(last, players, schema.features.length)
        return { method: 'shapley', base: last.run(reference)[output], values }
      },
    }
  }

  function referenceOf({ reference }: ExplainCall): Float64Array {
    return reference ?? (usual ??= usualRow(metadata, graph))
  }

  /** Raw outputs of the row, by the regions. */
  function rawOf(row: Float64Array): number[] {
    const results = new Map<number, Float64Array>()
    return graph.output.map(({ region, column }) => {
      const { last } = explainerOf(region)
      const result = results.get(region) ?? last.run(last.columns(row))
      results.set(region, result)
      return result[column]
    })
  }

  return async (row, call) => {
    const output = explainedOutput(head, rawOf(row), call.output)
    const { region, column } = graph.output[output]
    const explainer = explainerOf(region)
    const { method, base, values } = await explainer.explain(explainer.last.columns(row), column, call)
    const margin = values.reduce((sum, value) => sum + value, base)
    if (!Number.isFinite(margin)) throw notFinite(name)
    const contributions = schema.features.map((feature, i) => ({ feature: feature.name, contribution: values[i] }))
    return { model: name, version, method, output, base, margin, contributions }
  }
}

function onlyLayer(layers: readonly DenseLayer[]): DenseLayer | undefined {
  return layers.length === 1 && layers[0].activation === 'identity' ? layers[0] : undefined
}

function noModel(name: string, kind: string): Error {
  return createError(
    'UNSUPPORTED',
    `${name} only prepares rows for other models (its output is that of a step '${kind}'), so there is no answer to explain; explain the model that takes its output`,
    { details: { model: name } },
  )
}

function notFinite(name: string): Error {
  return createError(
    'EXECUTION_FAILED',
    `${name}: the answer for this row, or for its reference, is no finite number, so there is nothing to share among its features; a value is beyond what the model computes with`,
    { details: { model: name } },
  )
}
