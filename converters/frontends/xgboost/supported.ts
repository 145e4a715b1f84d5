// Nothing in; the boosters of XGBoost that can be converted, as rows of the printed table, out.

import type { SupportedBooster } from '../boosters/supported-booster.ts'
import { objectiveNames } from './objective-table.ts'

const versions = 'XGBoost 1.0 to 3.4'

export const xgboostBoosters: readonly SupportedBooster[] = [
  {
    name: 'XGBoost gbtree',
    role: 'boosted trees',
    versions,
    notes: `JSON and UBJSON; missing values, categories, random forests, best iteration, several targets; ${objectiveNames.join(', ')}`,
  },
  { name: 'XGBoost dart', role: 'boosted trees', versions, notes: 'as gbtree, with the weights of its trees' },
  { name: 'XGBoost gblinear', role: 'linear', versions, notes: 'as gbtree; a missing value counts as 0' },
]
