// Nothing in; the models of CatBoost that can be converted, as rows of the printed table, out.

import type { SupportedBooster } from '../boosters/supported-booster.ts'
import { lossNames } from './objective-table.ts'

export const catboostBoosters: readonly SupportedBooster[] = [
  {
    name: 'CatBoost',
    role: 'boosted trees',
    versions: 'CatBoost 1.0 to 1.2',
    notes: `JSON of save_model(format='json'); symmetric, Depthwise and Lossguide trees, missing values, one-hot categories (with pool=), no target statistics; ${lossNames.join(', ')}`,
  },
]
