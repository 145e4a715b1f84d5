// A model's metadata and regions in; the same model on rows that have sums in place of counted terms, where it only adds terms up, out.

import type { ArtifactMetadata, GraphInput } from '../../artifact/metadata.ts'
import type { FeatureSchema } from '../../artifact/schema.ts'
import type { RegionGraph } from '../../regions/region.ts'
import { firstLayer } from './first-layer.ts'
import { narrowGraph, type NarrowGraph } from './narrow-graph.ts'
import { countedFeatures } from './counted-features.ts'
import { findTermRegions, type TermRegions } from './term-regions.ts'
import { createTermSums, type TermSums } from './term-sums.ts'

export type SummedModel = {
  /** Of rows with sums; the artifact's own says what callers give. */
  readonly metadata: ArtifactMetadata
  readonly graph: RegionGraph
  /** For one reader of rows. */
  createSums(): TermSums
}

/**
 * Undefined where no feature is counted, terms are needed by themselves, or sums would not be fewer.
 * @param probeRows canonical rows of the artifact's own check
 */
export function sumTerms(
  metadata: ArtifactMetadata,
  graph: RegionGraph,
  probeRows: readonly Float64Array[],
): SummedModel | undefined {
  const isCounted = countedFeatures(metadata.schema)
  const countedCount = isCounted.filter(Boolean).length
  const terms = countedCount === 0 ? undefined : findTermRegions(graph, (feature) => isCounted[feature])
  if (terms === undefined || terms.sums.size === 0 || !pays(terms)) return undefined
  const createSums = (): TermSums => createTermSums(graph, terms)
  const sums = createSums()
  if (sums.width > countedCount) return undefined
  const narrow = narrowGraph(graph, terms, sums.width)
  const kept = metadata.schema.features.filter((_, i) => !isCounted[i])
  const { check, schema } = metadata
  return {
    graph: narrow.graph,
    createSums,
    metadata: {
      ...metadata,
      schema: { ...schema, features: [...kept, ...Array.from({ length: sums.width }, (_, i) => sumFeature(i))] },
      inputs: narrowInputs(metadata.inputs, narrow),
      check:
        check.rows.length === 0 ? check : { ...check, rows: probeRows.map((row) => summedRow(row, isCounted, sums)) },
    },
  }
}

/** Where more comes behind the sums, they stand before its other inputs, each with a weight of 1: products for nothing. */
function pays({ sums, isTerm }: TermRegions): boolean {
  return [...sums.values()].every((region) => {
    const { width, isAll } = firstLayer(region)
    return (isAll && region.inputs.every(isTerm)) || 2 * width <= region.inputs.length
  })
}

function sumFeature(index: number): FeatureSchema {
  return { name: `sum ${index} of terms`, dtype: 'number', used: true, missing: 'handled', infinite: true }
}

function narrowInputs(inputs: readonly GraphInput[], { graph, placeOf }: NarrowGraph): readonly GraphInput[] {
  return inputs.map((input) => {
    const place = input.region === -1 ? undefined : placeOf(input.region)
    const region = place === undefined ? undefined : graph.regions[place]
    if (place === undefined || region === undefined || region.kind === 'input')
      return { ...input, width: graph.output.length, region: -1 }
    return { ...input, width: region.inputs.length, region: place }
  })
}

function summedRow(row: Float64Array, isCounted: readonly boolean[], sums: TermSums): readonly number[] {
  const kept = row.filter((_, i) => !isCounted[i])
  const values = new Float64Array(sums.width)
  sums.begin()
  row.forEach((value, i) => {
    if (isCounted[i] && value !== 0) sums.add(i, value)
  })
  sums.finish(values, 0)
  return [...kept, ...values]
}
