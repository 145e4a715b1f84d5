// An artifact's metadata and regions in; a function from canonical rows to explanations, by the method that fits the model, out.

import type { ArtifactMetadata } from '../artifact/metadata.ts'
import { createError } from '../errors.ts'
import type { DenseLayer } from '../regions/dense-chain.ts'
import type { ColumnRef, RegionGraph } from '../regions/region.ts'
import type { TreeEnsemble } from '../regions/tree-ensemble.ts'
import { baselineShapley, mostExactPlayers } from './baseline-shapley.ts'
import type { ColumnModel } from './column-model.ts'
import { columnPlayers } from './column-players.ts'
import { differingFeatures } from './differing-features.ts'
import { explainedOutput } from './explained-output.ts'
import type { Explanation } from './explanation.ts'
import { type LastRegion, lastRegion } from './last-region.ts'
import { linearValues } from './linear-values.ts'
import { sampledShapley } from './sampled-shapley.ts'
import { createTreeShap, type TreeShap } from './tree-shap.ts'
import { usualRow } from './usual-row.ts'
import { isExplainedByRegion, wholeModel } from './whole-model.ts'

export type ExplainCall = {
  readonly output: number | undefined
  /** Canonical; undefined for the usual row. */
  readonly reference: Float64Array | undefined
  /** Gives others their turn where it is time to; throws where the caller has left. */
  readonly pause: () => Promise<void> | undefined
}

export type Explainer = (row: Float64Array, call: ExplainCall) => Promise<Explanation>

type Explained = Pick<Explanation, 'method' | 'base'> & {
  readonly values: Float64Array
  readonly standardErrors?: Float64Array
}

/** What explains the outputs of one region, or all raw outputs of a model as a whole. */
type ModelExplainer = {
  readonly model: ColumnModel
  explain(columns: Float64Array, column: number, call: ExplainCall): Explained | Promise<Explained>
}

/** The model as a whole, in the place of a region's number. */
const whole = -1

type Subject = Pick<ArtifactMetadata, 'name' | 'version' | 'schema' | 'head' | 'check'>

/** Nothing is derived before the first row. */
export function createExplainer(metadata: Subject, graph: RegionGraph): Explainer {
  const { name, version, schema, head } = metadata
  const explainers = new Map<number, ModelExplainer>()
  /** Of each raw output, the region that is explained, and the column there. */
  let outputs: readonly ColumnRef[] | undefined
  let usual: Float64Array | undefined

  function explainerOf(number: number): ModelExplainer {
    const found = explainers.get(number) ?? createModelExplainer(number)
    explainers.set(number, found)
    return found
  }

  function createModelExplainer(number: number): ModelExplainer {
    const region = graph.regions.at(number)
    if (number === whole || (region?.kind !== 'dense-chain' && region?.kind !== 'tree-ensemble'))
      return explainAny(wholeModel(graph, schema.features.length))
    const last = lastRegion(graph, number, region)
    if (region.kind === 'tree-ensemble' && region.cover.length > 0) return explainTrees(last, region)
    const layer = region.kind === 'dense-chain' ? onlyLayer(region.layers) : undefined
    return layer === undefined ? explainAny(last) : explainLayer(last, layer)
  }

  function outputsOf(): readonly ColumnRef[] {
    if (isExplainedByRegion(graph)) return graph.output
    if (head.kind === 'transformer') throw noModel(name)
    return graph.output.map((_, column) => ({ region: whole, column }))
  }

  function explainTrees(last: LastRegion, region: TreeEnsemble): ModelExplainer {
    const { playerOf, featureOfPlayer } = columnPlayers(graph, region, last.featureOf)
    const shap: TreeShap = createTreeShap(region, playerOf)
    return {
      model: last,
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

  function explainLayer(last: LastRegion, layer: DenseLayer): ModelExplainer {
    return {
      model: last,
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

  function explainAny(model: LastRegion): ModelExplainer {
    return {
      model,
      async explain(own, output, call) {
        const reference = model.columns(referenceOf(call))
        const players = { own, reference, output, pause: call.pause }
        const featureCount = schema.features.length
        const base = model.run(reference)[output]
        if (differingFeatures(model, own, reference).length > mostExactPlayers)
          return { method: 'sampled-shapley', base, ...(await sampledShapley(model, players, featureCount)) }
        return { method: 'shapley', base, values: await baselineShapley(model, players, featureCount) }
      },
    }
  }

  function referenceOf({ reference }: ExplainCall): Float64Array {
    return reference ?? (usual ??= usualRow(metadata, graph))
  }

  /** Raw outputs of the row, by the regions. */
  function rawOf(row: Float64Array, refs: readonly ColumnRef[]): number[] {
    const results = new Map<number, Float64Array>()
    return refs.map(({ region, column }) => {
      const { model } = explainerOf(region)
      const result = results.get(region) ?? model.run(model.columns(row))
      results.set(region, result)
      return result[column]
    })
  }

  return async (row, call) => {
    const refs = (outputs ??= outputsOf())
    const output = explainedOutput(head, rawOf(row, refs), call.output)
    const { region, column } = refs[output]
    const explainer = explainerOf(region)
    const { method, base, values, standardErrors } = await explainer.explain(explainer.model.columns(row), column, call)
    const margin = values.reduce((sum, value) => sum + value, base)
    if (!Number.isFinite(margin)) throw notFinite(name)
    const contributions = schema.features.map((feature, i) => ({
      feature: feature.name,
      contribution: values[i],
      ...(standardErrors && { standardError: standardErrors[i] }),
    }))
    return { model: name, version, method, output, base, margin, contributions }
  }
}

function onlyLayer(layers: readonly DenseLayer[]): DenseLayer | undefined {
  return layers.length === 1 && layers[0].activation === 'identity' ? layers[0] : undefined
}

function noModel(name: string): Error {
  return createError(
    'UNSUPPORTED',
    `${name} only prepares rows for other models, so there is no answer to explain; explain the model that takes its output`,
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
