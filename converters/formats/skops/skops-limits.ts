// Every bound that reading a skops file obeys, with the attack it stops and why no real file reaches it.

import type { MLError } from '../../../src/errors.ts'
import { passedLimit } from '../passed-limit.ts'

export const skopsLimits = Object.freeze({
  /** The whole file, and all of its parts together once inflated: as for pickles. */
  byteLength: 2 ** 30,
  /** A directory of empty parts; a forest of 10,000 trees has 40,000. */
  partCount: 2 ** 18,
  /** A bomb: deflate reaches 1032, real forests 5. Skops itself compresses nothing. */
  inflationRatio: 128,
  /** The description as one text; that of a forest of 10,000 trees has 60 MB. */
  schemaByteLength: 2 ** 28,
  /** Nodes in nodes without end, which would end the stack; an estimator in a pipeline takes five levels. */
  depth: 400,
  /** Nodes that cost forty bytes in the file and a hundred in memory. */
  nodeCount: 2 ** 23,
})

export type SkopsLimitName = keyof typeof skopsLimits

/** The error that says which limit was passed, what it allows and what was found. */
export function skopsLimitError(limit: SkopsLimitName, found: number): MLError {
  return passedLimit('the skops file', skopsLimits, {
    limit,
    found,
    advice: 'No real model is so large; save a smaller one',
  })
}
