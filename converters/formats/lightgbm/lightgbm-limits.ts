// Every bound that reading a LightGBM text file obeys, with the attack it stops and why no real file reaches it.

import { createError, type MLError } from '../../../src/errors.ts'
import { passedLimit } from '../passed-limit.ts'

export const lightgbmLimits = Object.freeze({
  /** A text that fills the heap once it is numbers; 10,000 trees of 500 leaves take half of it. */
  byteLength: 2 ** 29,
  /** One line becomes one string and one list of numbers; a tree of 100,000 leaves has lines of 2.5 MB. */
  lineByteLength: 2 ** 24,
  /** Settings without end before the first tree; LightGBM writes a dozen. */
  headerLineCount: 1000,
  /** A hundred bytes make a tree of one leaf; models of a hundred thousand trees are past any use. */
  treeCount: 2 ** 20,
  /** Nodes of all trees: they become tables of 50 bytes a node. */
  nodeCount: 2 ** 24,
  /** Columns by a number in the file alone; the widest real table has some ten thousand. */
  featureCount: 1_000_000,
  /** Trees an iteration, one a class: each becomes an output of the graph. */
  classCount: 10_000,
  /**
   * Categories of all category sets together, a set once for each feature of its tree that reads it: a file can name one
   * huge set at a million nodes. LightGBM puts 32 categories in a set unless told otherwise.
   */
  categoryCount: 8_000_000,
  /** Terms of linear leaves, 12 bytes each; 1,000 trees of 255 leaves with ten features each have 2.5 million. */
  termCount: 2 ** 25,
})

export type LightgbmLimitName = keyof typeof lightgbmLimits

/** The error that says which limit was passed, what it allows and what was found. */
export function lightgbmLimitError(limit: LightgbmLimitName, found: number): MLError {
  return passedLimit('the LightGBM model', lightgbmLimits, {
    limit,
    found,
    advice: 'No model for tables is so large; train a smaller one',
  })
}

/** @throws FILE_CORRUPT that says where, what was expected, and what was there */
export function lightgbmCorrupt(where: string, expected: string, got: string): MLError {
  return createError(
    'FILE_CORRUPT',
    `the LightGBM model, ${where}: expected ${expected}, got ${got.slice(0, 80)}. Save it again by Booster.save_model`,
    { details: { where } },
  )
}
