// Texts, lists and records as a reader meets them in; an error once there are too many, or one in another too deep, out.

import type { MLError } from '../../../src/errors.ts'
import { xgboostLimitError, xgboostLimits } from './xgboost-limits.ts'

/** What a budget allows, and the error of the format that it reads. */
export type ValueLimits = {
  readonly valueCount: number
  readonly depth: number
  readonly errorOf: (limit: 'valueCount' | 'depth', found: number) => MLError
}

const xgboostValues: ValueLimits = { ...xgboostLimits, errorOf: xgboostLimitError }

export class ValueBudget {
  #count = 0
  #depth = 0
  readonly #limits: ValueLimits

  constructor(limits = xgboostValues) {
    this.#limits = limits
  }

  /** @throws LIMIT_EXCEEDED */
  spend(): void {
    if (++this.#count > this.#limits.valueCount) throw this.#limits.errorOf('valueCount', this.#count)
  }

  /** Counts a list or record that lasts until `leave`. @throws LIMIT_EXCEEDED */
  enter(): void {
    this.spend()
    if (++this.#depth > this.#limits.depth) throw this.#limits.errorOf('depth', this.#depth)
  }

  leave(): void {
    this.#depth--
  }
}
