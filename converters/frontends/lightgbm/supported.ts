// Nothing in; the boosters of LightGBM that can be converted, as rows of the printed table, out.

import type { SupportedBooster } from '../boosters/supported-booster.ts'
import { objectiveNames } from './objective.ts'

const versions = 'LightGBM 3.3 to 4.6'

export const lightgbmBoosters: readonly SupportedBooster[] = [
  {
    name: 'LightGBM gbdt, goss, dart',
    role: 'boosted trees',
    versions,
    notes: `text files of save_model; missing values and zeros, categories of pandas and codes, linear trees; ${objectiveNames.join(', ')}`,
  },
  {
    name: 'LightGBM rf',
    role: 'boosted trees',
    versions,
    notes: 'as gbdt; scores are the mean of the trees, not their sum',
  },
]
