// What is known of categorical features in; the regions that make codes of them, and the sets that trees test codes by, out.

import type { RanksColumn } from '../../../src/regions/ranks.ts'
import type { ColumnRef, Region } from '../../../src/regions/region.ts'
import type { CategorySet } from '../../../src/regions/split-trees.ts'
import { flipPoint } from '../../fold/flip-point.ts'
import { xgboostLimitError, xgboostLimits } from '../../formats/xgboost/xgboost-limits.ts'
import { type FeatureCategories, knownCodeCount } from './feature-categories.ts'
import type { XgboostTree } from './stored-trees.ts'

export type Categories = readonly (FeatureCategories | undefined)[]

function isCategorical(own: FeatureCategories | undefined): own is FeatureCategories {
  return own !== undefined
}

/** Where encoded columns stand, and what the trees test there for a code. */
export type EncodedCategories = {
  /** From region 1 on. */
  readonly regions: readonly Region[]
  /** The columns of the trees: features, and behind them the codes of those that are tested as numbers too. */
  readonly inputs: readonly ColumnRef[]
  /** Among `inputs`: the column that a node of a feature reads; NaN for a feature that is not there. */
  readonly inputOf: (feature: number, isCategorical: boolean) => number
}

/** Names and numbers become codes, −1 where unknown. */
export function encodeCategories(categories: Categories): EncodedCategories {
  const inputs = categories.map((_, column): ColumnRef => ({ region: 0, column }))
  const codeInputs = categories.map((_, column) => column)
  const regions: Region[] = []
  const put = (columns: readonly number[], region: Region): void => {
    const number = regions.push(region)
    columns.forEach((feature, column) => (inputs[codeInputs[feature]] = { region: number, column }))
  }
  const refs = (columns: readonly number[]): ColumnRef[] => columns.map((feature) => inputs[codeInputs[feature]])
  const all = categories.flatMap((own, column) => (isCategorical(own) ? [{ own, column }] : []))
  const named = all.filter(({ own }) => own.isNamed)
  const coded = all.filter(({ own }) => !own.isNamed)
  const [namedFeatures, codedFeatures] = [named, coded].map((list) => list.map(({ column }) => column))
  if (named.length > 0)
    put(namedFeatures, {
      kind: 'ordinal',
      inputs: refs(namedFeatures),
      columns: named.map(({ own }) => codesOfNames(own)),
    })
  for (const { own, column } of coded) if (own.isNumber) codeInputs[column] = inputs.push({ region: 0, column }) - 1
  const inputOf = (feature: number, isCategorical: boolean): number =>
    feature in codeInputs ? (isCategorical ? codeInputs[feature] : feature) : Number.NaN
  if (coded.length === 0) return { regions, inputs, inputOf }
  const columns = coded.map(({ own }): RanksColumn => {
    return { kind: 'rank', flipPoints: codeFlips(own), missingValue: Number.NaN, missing: 'highest' }
  })
  put(codedFeatures, { kind: 'ranks', inputs: refs(codedFeatures), columns })
  put(codedFeatures, {
    kind: 'ordinal',
    inputs: refs(codedFeatures),
    columns: coded.map(({ own }) => codesOfRanks(own)),
  })
  return { regions, inputs, inputOf }
}

function codesOfNames({ dtype, categories }: FeatureCategories) {
  const codes = categories.map((_, code) => code)
  const keys = dtype === 'string' ? codes : (categories as number[])
  return { keys: [...keys, Number.NaN], values: [...codes, Number.NaN], unknownValue: -1 }
}

/** The last rank is what is missing; every rank between codes is an unknown one. */
function codesOfRanks(own: FeatureCategories) {
  const codes = new Set(own.categories as number[])
  const bounds = codeBounds(own)
  const values = bounds.map((bound) => (codes.has(bound) ? bound : unlistedCode(own, bound)))
  const keys = bounds.map((_, i) => i + 1)
  return { keys: [...keys, bounds.length + 1], values: [...values, Number.NaN], unknownValue: unknownCode }
}

const unknownCode = -1

/** One number for all codes that no node lists and the same nodes know: those of place `i` are below `knownCounts[i]`. */
function placeCode(place: number): number {
  return -2 - place
}

function unlistedCode({ knownCounts }: FeatureCategories, code: number): number {
  const place = knownCounts?.findIndex((count) => code < count) ?? -1
  return place < 0 ? unknownCode : placeCode(place)
}

/** Where codes begin that go other ways than the one before, ascending. */
function codeBounds({ categories, knownCounts }: FeatureCategories): number[] {
  const listed = (categories as number[]).flatMap((code) => [code, code + 1])
  return [...new Set([...listed, ...(knownCounts === undefined ? [] : [0, ...knownCounts])])].sort((a, b) => a - b)
}

const knownFlips = new WeakMap<FeatureCategories, Float64Array>()

/**
 * A number is cut to its code: [k, k + 1) is k, by its float32 (`AsCat` and `InvalidCat` in src/common/categorical.h of
 * 3.4). No number is above infinity: that rank is what is missing.
 */
function codeFlips(own: FeatureCategories): Float64Array {
  const known = knownFlips.get(own)
  if (known !== undefined) return known
  const flips = Float64Array.from([...codeBounds(own).map(flipBelow), Number.POSITIVE_INFINITY])
  knownFlips.set(own, flips)
  return flips
}

/** The largest double whose float32 is below `code`: half way to the float32 below, or just below that, for ties to even. */
function flipBelow(code: number): number {
  return flipPoint((x) => Math.fround(x) < code) ?? Number.NEGATIVE_INFINITY
}

/** Right where the code is in the set of the node; every other code it knows goes left, unlike a missing value. */
export function createCategorySets(categories: Categories) {
  const sets: CategorySet[] = []
  let codeCount = 0
  const numbers = new Map<Float64Array, number>()
  const knownBy = categories.map(() => new Map<number, ReadonlySet<number>>())
  const knownOf = (feature: number, right: Float64Array): ReadonlySet<number> => {
    const own = categories[feature]
    const count = own?.knownCounts === undefined ? Number.POSITIVE_INFINITY : knownCodeCount(right)
    const known = knownBy[feature].get(count) ?? new Set(valuesOf(own, count))
    knownBy[feature].set(count, known)
    return known
  }
  return {
    sets,
    numberOf({ rightCodes, feature }: XgboostTree, node: number): number {
      const right = rightCodes.get(node)
      if (right === undefined) return -1
      const number = numbers.get(right) ?? sets.length
      if (number === sets.length) {
        numbers.set(right, number)
        const known = knownOf(feature[node], right)
        codeCount += known.size
        if (codeCount > xgboostLimits.categoryTestCount) throw xgboostLimitError('categoryTestCount', codeCount)
        const goRight = new Set(right)
        sets.push({ left: new Set([...known].filter((value) => !goRight.has(value))), known })
      }
      return number
    },
  }
}

/** All that the column of codes may hold, of which a node knows the codes below `count`. */
function valuesOf(own: FeatureCategories | undefined, count: number): number[] {
  if (own === undefined) return []
  const { categories, isNamed, knownCounts } = own
  const codes = isNamed ? [...categories.keys()] : (categories as number[])
  if (knownCounts === undefined) return [unknownCode, ...codes]
  const places = knownCounts.flatMap((known, place) => (known <= count ? [placeCode(place)] : []))
  return [...places, ...codes.filter((code) => code < count)]
}
