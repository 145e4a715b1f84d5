// Every booster that can be converted, of whatever framework: nothing in, rows of the printed table out.

import { catboostBoosters } from '../catboost/supported.ts'
import { lightgbmBoosters } from '../lightgbm/supported.ts'
import { xgboostBoosters } from '../xgboost/supported.ts'
import type { SupportedBooster } from './supported-booster.ts'

export function supportedBoosters(): SupportedBooster[] {
  return [...lightgbmBoosters, ...xgboostBoosters, ...catboostBoosters]
}
