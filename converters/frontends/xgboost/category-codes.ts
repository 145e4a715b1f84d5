// What is known of categorical features in; the region that makes codes of them, and the sets that trees test codes by, out.

import type { ColumnRef, Region } from '../../../src/regions/region.ts'
import type { CategorySet } from '../../../src/regions/split-trees.ts'
import { xgboostLimitError, xgboostLimits } from '../../formats/xgboost/xgboost-limits.ts'
import type { FeatureCategories } from './feature-categories.ts'
import type { XgboostTree } from './stored-trees.ts'

export type Categories = readonly (FeatureCategories | undefined)[]

function isCategorical(own: FeatureCategories | undefined): own is FeatureCategories {
  return own !== undefined
}

/** Categorical columns become codes, −1 where unknown. */
export function encodingOf(categories: Categories): Region[] {
  const columns = categories.flatMap((own, column) => (isCategorical(own) ? [{ own, column }] : []))
  if (columns.length === 0) return []
  return [
    {
      kind: 'ordinal',
      inputs: columns.map(({ column }) => ({ region: 0, column })),
      columns: columns.map(({ own: { dtype, isNamed, categories: names } }) => {
        const codes = isNamed ? names.map((_, code) => code) : (names as number[])
        const keys = dtype === 'string' ? codes : (names as number[])
        return { keys: [...keys, Number.NaN], values: [...codes, Number.NaN], unknownValue: -1 }
      }),
    },
  ]
}

/** The columns of the trees: codes of categorical features, the others as they are. */
export function treeInputsOf(categories: Categories): ColumnRef[] {
  let encoded = 0
  return categories.map((own, column) =>
    isCategorical(own) ? { region: 1, column: encoded++ } : { region: 0, column },
  )
}

/** Right where the code is in the set of the node; every other code goes left, unlike a missing value. */
export function createCategorySets(categories: Categories) {
  const sets: CategorySet[] = []
  let codeCount = 0
  const numbers = new Map<Float64Array, number>()
  const known = categories.map((own) => new Set([-1, ...codesOf(own)]))
  return {
    sets,
    numberOf({ rightCodes, feature }: XgboostTree, node: number): number {
      const right = rightCodes.get(node)
      if (right === undefined) return -1
      const number = numbers.get(right) ?? sets.length
      if (number === sets.length) {
        numbers.set(right, number)
        const codes = known[feature[node]]
        codeCount += codes.size
        if (codeCount > xgboostLimits.categoryTestCount) throw xgboostLimitError('categoryTestCount', codeCount)
        const goRight = new Set(right)
        sets.push({ left: new Set([...codes].filter((code) => !goRight.has(code))), known: codes })
      }
      return number
    },
  }
}

function codesOf(own: FeatureCategories | undefined): readonly number[] {
  if (own === undefined) return []
  return own.isNamed ? own.categories.map((_, code) => code) : (own.categories as number[])
}
