// Every bound that reading a CatBoost file obeys, with the attack it stops and why no real file reaches it.

import type { MLError } from '../../../src/errors.ts'
import { passedLimit } from '../passed-limit.ts'

export const catboostLimits = Object.freeze({
  /** Numbers become doubles; 10,000 trees of depth 6 take a tenth of this. */
  byteLength: 2 ** 29,
  /** Lists in lists without end, which would end the stack; a tree of depth 16, the most there is, nests eighteen levels. */
  depth: 64,
  /** Texts, lists, records and their names, which cost a hundred bytes each; a tree of depth 6 takes sixty. */
  valueCount: 2 ** 23,
  /** Leaves of a few splits: their number doubles with each. CatBoost allows sixteen. */
  treeDepth: 16,
  /** Schema entries by a number in the file alone. */
  featureCount: 100_000,
  /** Raw columns by the length of a list alone; no one fits more classes or targets at once. */
  outputCount: 10_000,
  /** Categories of a feature times the nodes that test it; 255 categories and 60,000 nodes reach it. */
  categoryTestCount: 2 ** 24,
})

export type CatboostLimitName = keyof typeof catboostLimits

/** The error that says which limit was passed, what it allows and what was found. */
export function catboostLimitError(limit: CatboostLimitName, found: number): MLError {
  return passedLimit('the CatBoost file', catboostLimits, {
    limit,
    found,
    advice: 'No real model is so large; save a smaller one',
  })
}
