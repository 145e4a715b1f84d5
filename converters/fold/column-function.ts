// A column of a region graph in; the function of one raw feature that it is, and what kind of function, out.

import { createError, type MLError } from '../../src/errors.ts'
import { imputeValue } from '../../src/regions/impute.ts'
import { indicatorValue } from '../../src/regions/indicator.ts'
import { oneHotPosition, oneHotSlot } from '../../src/regions/one-hot.ts'
import { ordinalValue } from '../../src/regions/ordinal.ts'
import type { ColumnRef, RegionGraph } from '../../src/regions/region.ts'
import { type Scale, scaleValue } from '../../src/regions/scale.ts'

type ValueMap = (value: number) => number

export type ColumnFunction = {
  /** Undefined where the column is computed from several. */
  readonly feature: number | undefined
  /** What `apply` reads: the feature itself, or a rank of it that the source's own trees compare. */
  readonly base: ColumnRef
  /** Value of the column for any value of `base`, NaN included. */
  readonly apply: ValueMap
  readonly shape: ColumnShape
}

export type ColumnShape =
  /** Monotone in the feature, but for the values in `sentinels` (and NaN), which go another way. */
  | {
      readonly kind: 'monotone'
      /** 1 rises, −1 falls, 0 is constant. */
      readonly direction: 1 | 0 | -1
      /** `apply` without what it makes of sentinels. */
      readonly core: ValueMap
      readonly sentinels: readonly number[]
      /** True where the column is the feature itself, but for sentinels. */
      readonly isRaw: boolean
    }
  /** The same for every value outside `keys`, NaN apart. */
  | { readonly kind: 'discrete'; readonly keys: readonly number[] }

/**
 * Column `ref` as a function of one feature, or of ranks of it.
 * @throws UNSUPPORTED where it is neither monotone nor of finitely many values.
 */
export function columnFunction(graph: RegionGraph, ref: ColumnRef): ColumnFunction {
  const region = graph.regions[ref.region]
  const { column } = ref
  switch (region.kind) {
    case 'input':
      return { feature: column, base: ref, apply: same, shape: rawShape }
    // Ranks before trees are kept as they are: intervals that count as one value are no flip point of the feature.
    case 'ranks':
      return { ...columnFunction(graph, region.inputs[column]), base: ref, apply: same, shape: rawShape }
    case 'impute': {
      const missing = region.missing[column]
      const before = columnFunction(graph, region.inputs[column])
      const shape = withSentinel(before.shape, missing, 'imputing a value other than NaN')
      return { ...before, apply: chain(before.apply, (value) => imputeValue(region, column, value)), shape }
    }
    case 'indicator': {
      const before = columnFunction(graph, region.inputs[column])
      const noted = withSentinel(before.shape, region.missing[column], 'an indicator of a value other than NaN')
      const keys = noted.kind === 'discrete' ? noted.keys : noted.sentinels
      const apply = chain(before.apply, (value) => indicatorValue(region, column, value))
      return { ...before, apply, shape: { kind: 'discrete', keys } }
    }
    case 'scale': {
      const before = columnFunction(graph, region.inputs[column])
      const map = scaleMap(region, column)
      return { ...before, apply: chain(before.apply, map), shape: scaledShape(before.shape, region, column) }
    }
    case 'ordinal': {
      const before = columnFunction(graph, region.inputs[column])
      const apply = chain(before.apply, (value) => ordinalValue(region, column, value))
      return { ...before, apply, shape: encodedShape(before.shape, region.columns[column].keys) }
    }
    case 'one-hot': {
      const { input, slot } = oneHotPosition(region, column)
      const before = columnFunction(graph, region.inputs[input])
      const block = region.columns[input]
      const apply = chain(before.apply, (value) => (oneHotSlot(block, value) === slot ? 1 : 0))
      return { ...before, apply, shape: encodedShape(before.shape, block.keys) }
    }
    // What several features or another model give is compared as it is computed, in float64.
    default:
      return { feature: undefined, base: ref, apply: same, shape: rawShape }
  }
}

const same: ValueMap = (value) => value
const rawShape: ColumnShape = { kind: 'monotone', direction: 1, core: same, sentinels: [], isRaw: true }

function chain(first: ValueMap, then: ValueMap): ValueMap {
  return first === same ? then : (value) => then(first(value))
}

function withSentinel(shape: ColumnShape, missing: number, what: string): ColumnShape {
  if (Number.isNaN(missing)) return shape
  if (shape.kind === 'discrete') return shape
  if (!shape.isRaw) throw cannotFold(`${what} after scaling`)
  return { ...shape, sentinels: [...new Set([...shape.sentinels, missing])] }
}

function scaledShape(shape: ColumnShape, region: Scale, column: number): ColumnShape {
  if (shape.kind === 'discrete') return shape
  const slope = region.form === 'subtract-divide' ? region.second[column] : region.first[column]
  const direction = (shape.direction * Math.sign(slope)) as 1 | 0 | -1
  const core = chain(shape.core, scaleMap(region, column))
  return { ...shape, direction, core, isRaw: false }
}

/** `scaleValue` of one column; without a clip as plain arithmetic, since flip points ask for it millions of times. */
function scaleMap(region: Scale, column: number): ValueMap {
  if (region.clip !== undefined) return (value) => scaleValue(region, column, value)
  const first = region.first[column]
  const second = region.second[column]
  return region.form === 'subtract-divide' ? (value) => (value - first) / second : (value) => value * first + second
}

function encodedShape(shape: ColumnShape, keys: readonly number[]): ColumnShape {
  if (shape.kind === 'discrete') return shape
  if (!shape.isRaw) throw cannotFold('encoding categories after scaling')
  return { kind: 'discrete', keys: [...new Set([...shape.sentinels, ...keys.filter((key) => !Number.isNaN(key))])] }
}

export function cannotFold(what: string): MLError {
  return createError(
    'UNSUPPORTED',
    `Preprocessing cannot be folded into the splits of the trees: ${what} is not supported. Apply that step before the ` +
      'model, or train the trees without it.',
  )
}
