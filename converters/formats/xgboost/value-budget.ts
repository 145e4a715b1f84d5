// Texts, lists and records as a reader meets them in; an error once there are too many, or one in another too deep, out.

import { xgboostLimitError, xgboostLimits } from './xgboost-limits.ts'

export class ValueBudget {
  #count = 0
  #depth = 0

  /** @throws LIMIT_EXCEEDED */
  spend(): void {
    if (++this.#count > xgboostLimits.valueCount) throw xgboostLimitError('valueCount', this.#count)
  }

  /** Counts a list or record that lasts until `leave`. @throws LIMIT_EXCEEDED */
  enter(): void {
    this.spend()
    if (++this.#depth > xgboostLimits.depth) throw xgboostLimitError('depth', this.#depth)
  }

  leave(): void {
    this.#depth--
  }
}
