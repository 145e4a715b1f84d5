// Every bound that reading an XGBoost file obeys, with the attack it stops and why no real file reaches it.

import type { MLError } from '../../../src/errors.ts'
import { passedLimit } from '../passed-limit.ts'

export const xgboostLimits = Object.freeze({
  /** Numbers become doubles, four times their text at most; 30,000 trees of 255 leaves take half of this as JSON. */
  byteLength: 2 ** 29,
  /** Lists in lists without end, which would end the stack; XGBoost nests eight levels. */
  depth: 64,
  /**
   * Texts, lists and records, which cost a hundred bytes each where two in the file name one; a tree takes some thirty.
   * Numbers do not count: a list of them is one table.
   */
  valueCount: 2 ** 22,
  /** Schema entries and names by a number in the file alone. */
  featureCount: 100_000,
  /** Categories of a feature times the nodes that test it; 10,000 categories and 1,000 nodes reach half of it. */
  categoryTestCount: 2 ** 24,
  /** Raw columns by a number in the file alone; no one fits more classes or targets at once. */
  outputCount: 10_000,
})

export type XgboostLimitName = keyof typeof xgboostLimits

/** The error that says which limit was passed, what it allows and what was found. */
export function xgboostLimitError(limit: XgboostLimitName, found: number): MLError {
  return passedLimit('the XGBoost file', xgboostLimits, {
    limit,
    found,
    advice: 'No real model is so large; save a smaller one',
  })
}
