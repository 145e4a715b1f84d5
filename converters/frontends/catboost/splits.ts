// A split of a CatBoost tree in; the column it tests, and the threshold or category, out.

import type { CategorySet } from '../../../src/regions/split-trees.ts'
import { catboostLimitError, catboostLimits } from '../../formats/catboost/catboost-limits.ts'
import type { RecordReader } from '../xgboost/record-reader.ts'
import type { CatboostFeatures } from './features.ts'

/** Right where the float32 of the column is above `threshold`, or where its category is that of the set. */
export type Split = {
  readonly column: number
  readonly threshold: number
  readonly missingLeft: boolean
  /** −1 for a numeric test. */
  readonly categorySet: number
}

/** Parts of a model that need the target to make a number of a row. */
const refused: Readonly<Record<string, string>> = {
  OnlineCtr: 'a categorical split on target statistics (ctr)',
  EstimatedFeature: 'a split on a text or embedding feature',
}

export class SplitReader {
  readonly categorySets: CategorySet[] = []
  /** Columns that splits test. */
  readonly used = new Set<number>()
  readonly #features: CatboostFeatures
  /** Set numbers by code: a set of one code serves every column. */
  readonly #setOfCode = new Map<number, number>()
  #categoryTestCount = 0

  constructor(features: CatboostFeatures) {
    this.#features = features
  }

  read(split: RecordReader): Split {
    const type = split.text('split_type')
    const found =
      type === 'FloatFeature' ? this.#number(split) : type === 'OneHotFeature' ? this.#category(split) : undefined
    if (found === undefined) {
      const what = Object.hasOwn(refused, type) ? refused[type] : `a split of type ${JSON.stringify(type.slice(0, 40))}`
      throw split.unsupported(
        what,
        'Train with one_hot_max_size at least the number of categories, or encode the categories before.',
      )
    }
    this.used.add(found.column)
    return found
  }

  #number(split: RecordReader): Split {
    const feature = this.#features.floats.get(split.count('float_feature_index'))
    if (feature === undefined) throw split.corrupt('float_feature_index', 'the number of a feature')
    const threshold = Math.fround(split.finite('border'))
    if (!Number.isFinite(threshold)) throw split.corrupt('border', 'a float32')
    return { ...feature, threshold, categorySet: -1 }
  }

  #category(split: RecordReader): Split {
    const feature = this.#features.categoricals.get(split.count('cat_feature_index'))
    if (feature === undefined) throw split.corrupt('cat_feature_index', 'the number of a feature')
    const code = feature.codes.get(split.finite('value') >>> 0)
    if (code === undefined) throw split.corrupt('value', 'a value that features_info lists')
    this.#categoryTestCount += feature.categories.length
    if (this.#categoryTestCount > catboostLimits.categoryTestCount)
      throw catboostLimitError('categoryTestCount', this.#categoryTestCount)
    // All other codes, unknown ones too, go left as a missing value would.
    return { column: feature.column, threshold: 0, missingLeft: true, categorySet: this.#setOf(code) }
  }

  #setOf(code: number): number {
    const known = this.#setOfCode.get(code)
    if (known !== undefined) return known
    const number = this.categorySets.push({ left: new Set(), known: new Set([code]) }) - 1
    this.#setOfCode.set(code, number)
    return number
  }
}
