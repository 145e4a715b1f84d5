// A region graph and its schema in, what the model itself says about the values of each feature out.

import type { FeatureSchema, ModelSchema } from '../../src/artifact/schema.ts'
import type { ColumnRef } from '../../src/regions/column-ref.ts'
import { columnFunctionSpec } from '../../src/regions/formula/column-functions.ts'
import type { MappedColumn } from '../../src/regions/formula/column-map.ts'
import type { DenseLayer } from '../../src/regions/dense-chain.ts'
import type { Region, RegionGraph } from '../../src/regions/region.ts'
import { tablesOf } from './formula-tables.ts'

export type FeatureKnowledge = {
  readonly feature: FeatureSchema
  /** Finite values at which a tree changes its way, ascending and distinct. */
  readonly flipPoints: readonly number[]
  /** Canonical values that an encoder knows; NaN is the missing category. */
  readonly keys: readonly number[]
  /** What a scaler learnt: the middle of the values and how far they usually lie from it. */
  readonly spread?: { readonly center: number; readonly width: number; readonly shape: 'normal' | 'uniform' }
  /** What an imputer puts in place of a missing value: a mean, median or most frequent value. */
  readonly fill?: number
  /** Largest weight of a linear model for the feature itself, as a share of the largest for any input. */
  readonly weight?: number
  /** The feature's values in points that a formula holds: rows that the model was trained on, or centres of them. */
  readonly samples?: Float64Array
  /** Whether a function that the model applies has no number for it below 0: a logarithm, root or power. */
  readonly isPositive?: true
}

type Findings = {
  flipPoints: Set<number>
  keys: Set<number>
  spread?: FeatureKnowledge['spread']
  fill?: number
  weight?: number
  samples?: Float64Array
  isPositive?: true
}

/** One entry a feature, in the order of the schema. */
export function featureKnowledge(graph: RegionGraph, schema: ModelSchema): FeatureKnowledge[] {
  const findings = schema.features.map((): Findings => ({ flipPoints: new Set(), keys: new Set() }))
  for (const region of graph.regions) {
    if (region.kind === 'input') continue
    const shares = weightShares(region)
    region.inputs.forEach((ref, column) => {
      const feature = featureBehind(graph, ref)
      if (feature === undefined) return
      learn(findings[feature], region, column)
      if (shares !== undefined) findings[feature].weight = Math.max(findings[feature].weight ?? 0, shares[column])
    })
  }
  return schema.features.map((feature, index) => {
    const { flipPoints, keys, spread, fill, weight, samples, isPositive } = findings[index]
    if (feature.dtype === 'string') feature.categories?.forEach((_, category) => keys.add(category))
    if (feature.dtype === 'boolean') keys.add(0).add(1)
    return {
      feature,
      flipPoints: [...flipPoints].sort((a, b) => a - b),
      keys: [...keys],
      ...(spread && { spread }),
      ...(fill !== undefined && { fill }),
      ...(weight !== undefined && { weight }),
      ...(samples && { samples }),
      ...(isPositive && { isPositive }),
    }
  })
}

/** The feature that a column holds unchanged, save that missing values may be filled. */
function featureBehind(graph: RegionGraph, ref: ColumnRef): number | undefined {
  const region = graph.regions[ref.region]
  if (region.kind === 'input') return ref.column
  if (region.kind === 'impute') return featureBehind(graph, region.inputs[ref.column])
  return undefined
}

function learn(findings: Findings, region: Exclude<Region, { kind: 'input' }>, column: number): void {
  switch (region.kind) {
    case 'ranks': {
      const ranks = region.columns[column]
      if (ranks.kind === 'member') for (const key of ranks.keys) findings.keys.add(key)
      else for (const point of ranks.flipPoints) if (Number.isFinite(point)) findings.flipPoints.add(point)
      return
    }
    case 'split-trees':
      for (let node = 0; node < region.jump.length; node++)
        if (region.jump[node] !== 0 && region.feature[node] === column && region.categorySet[node] < 0)
          if (Number.isFinite(region.threshold[node])) findings.flipPoints.add(region.threshold[node])
      return
    case 'one-hot':
    case 'ordinal':
      for (const key of region.columns[column].keys) findings.keys.add(key)
      return
    case 'impute':
      if (!Number.isNaN(region.fill[column])) findings.fill ??= region.fill[column]
      return
    case 'scale':
      findings.spread ??= spreadOf(region.form, region.first[column], region.second[column])
      return
    case 'map':
      if (isDefinedAboveZeroAlone(region.functions[column])) findings.isPositive = true
      return
    case 'dense-chain':
    case 'linear':
    case 'indicator':
    case 'tree-ensemble':
      return
    default:
      findings.samples ??= samplesOf(region, column)
  }
}

function isDefinedAboveZeroAlone({ name, settings }: MappedColumn): boolean {
  const compute = columnFunctionSpec(name).make(settings)
  return !Number.isFinite(compute(-1)) && Number.isFinite(compute(1))
}

/** Tables of formulas whose rows are like the rows that the formula reads. */
const pointFields: ReadonlySet<string> = new Set(['points', 'means', 'vectors'])

function samplesOf(region: Exclude<Region, { kind: 'input' }>, column: number): Float64Array | undefined {
  const points = tablesOf(region).find(
    ([field, { columns, values }]) => pointFields.has(field) && columns === region.inputs.length && values.length > 0,
  )
  if (points === undefined) return undefined
  const [, { values, columns }] = points
  const samples = Float64Array.from({ length: values.length / columns }, (_, row) => values[row * columns + column])
  return samples.every(Number.isFinite) ? samples : undefined
}

/** Of each input, its largest weight as a share of the largest of all; undefined where weights do not say how large inputs are. */
function weightShares(region: Exclude<Region, { kind: 'input' }>): Float64Array | undefined {
  // Later layers scale what the first one reads.
  if (region.kind === 'dense-chain' && region.layers.length === 1)
    return sharesOfLargest(region.inputs.length, region.layers[0])
  if (region.kind !== 'linear') return undefined
  return sharesOfLargest(region.inputs.length, { weights: region.weights.values, outputWidth: region.weights.columns })
}

function sharesOfLargest(
  inputCount: number,
  { weights, outputWidth }: Pick<DenseLayer, 'weights' | 'outputWidth'>,
): Float64Array {
  const shares = Float64Array.from({ length: inputCount }, (_, input) =>
    largestMagnitude(weights.subarray(input * outputWidth, (input + 1) * outputWidth)),
  )
  const largest = largestMagnitude(shares)
  return shares.map((share) => (largest > 0 ? share / largest : 1))
}

function largestMagnitude(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
}

/** StandardScaler and RobustScaler divide by a width; MinMaxScaler maps its data to [0, 1] unless told otherwise. */
function spreadOf(form: 'subtract-divide' | 'multiply-add', first: number, second: number): FeatureKnowledge['spread'] {
  if (form === 'subtract-divide') return finite({ center: first, width: Math.abs(second), shape: 'normal' })
  return finite({ center: (0.5 - second) / first, width: Math.abs(0.5 / first), shape: 'uniform' })
}

function finite(spread: NonNullable<FeatureKnowledge['spread']>): FeatureKnowledge['spread'] {
  return Number.isFinite(spread.center) && Number.isFinite(spread.width) ? spread : undefined
}
