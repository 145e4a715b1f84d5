// An artifact's schema, check rows and regions in; one usual canonical row, with which others can be compared, out.

import type { ArtifactMetadata } from '../artifact/metadata.ts'
import type { FeatureSchema } from '../artifact/schema.ts'
import type { ColumnRef, Region, RegionGraph } from '../regions/region.ts'

/**
 * Feature by feature: what a scaler centres on (of the training rows the mean, or the median), else what an imputer fills
 * in, else the median of the artifact's check rows; of categories the most frequent there, the first of equals.
 */
export function usualRow(
  { schema, check }: Pick<ArtifactMetadata, 'schema' | 'check'>,
  graph: RegionGraph,
): Float64Array {
  const learnt = schema.features.map((): Learnt => ({}))
  for (const region of graph.regions) learn(graph, region, learnt)
  return Float64Array.from(schema.features, (feature, index) => {
    const isNumber = feature.dtype === 'number' && feature.categories === undefined
    const { center, fill } = learnt[index]
    const known = isNumber ? (center ?? fill) : fill
    if (known !== undefined) return known
    return usualValue(
      feature,
      isNumber,
      check.rows.map((row) => row[index]),
    )
  })
}

type Learnt = { center?: number; fill?: number }

function learn(graph: RegionGraph, region: Region, learnt: readonly Learnt[]): void {
  if (region.kind !== 'scale' && region.kind !== 'impute') return
  // a scaler without centring subtracts 0 everywhere, which says nothing of the values
  if (region.kind === 'scale' && (region.form !== 'subtract-divide' || region.first.every((center) => center === 0)))
    return
  region.inputs.forEach((ref, column) => {
    const feature = featureBehind(graph, ref)
    if (feature === undefined) return
    if (region.kind === 'scale') learnt[feature].center ??= finite(region.first[column])
    else learnt[feature].fill ??= finite(region.fill[column])
  })
}

/** The feature that a column holds unchanged, save that missing values may be filled. */
function featureBehind(graph: RegionGraph, ref: ColumnRef): number | undefined {
  const region = graph.regions[ref.region]
  if (region.kind === 'input') return ref.column
  return region.kind === 'impute' ? featureBehind(graph, region.inputs[ref.column]) : undefined
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined
}

function usualValue({ missing }: FeatureSchema, isNumber: boolean, values: readonly (number | null)[]): number {
  const known = values.filter((value) => value !== null)
  if (known.length === 0) return missing === 'handled' ? NaN : 0
  return isNumber ? median(known) : mostFrequent(known)
}

/** The lower of the two in the middle, so that it is a value that there is. */
function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[(values.length - 1) >> 1]
}

/** Unknown categories, −1, only where there is nothing else. */
function mostFrequent(values: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + (value < 0 ? 0 : 1))
  return [...counts].reduce((best, next) => (next[1] > best[1] ? next : best))[0]
}
