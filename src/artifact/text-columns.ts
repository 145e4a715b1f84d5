// How the terms of a text are told and counted: plain JSON, shared by converter and runtime; its shape.

import { anyOf, closedObject, flag, integer, listOf, oneOf, optional, type Shape, text, tupleOf } from './shape.ts'

export type TextColumns = {
  /** The first of `count` neighbouring features. */
  readonly start: number
  readonly count: number
  readonly analyzer: 'word' | 'char' | 'char_wb'
  readonly lowercase: boolean
  readonly stripAccents?: 'ascii' | 'unicode'
  /** Of words: a regular expression of Python, of the kind that `tokenExpression` can write in JavaScript. */
  readonly tokenPattern?: string
  /** Words that are dropped before they form n-grams: `english` is scikit-learn's list. */
  readonly stopWords?: 'english' | readonly string[]
  readonly ngrams: readonly [number, number]
  /** A term counts as 1 however often it stands there. */
  readonly binary: boolean
  /**
   * `names`: a term is the name of its feature behind `prefix`. `hash`: its number is a hash of the term.
   * `slots`: as `hash`, and only some of the numbers have a feature, which is called `#number` behind `prefix`.
   */
  readonly terms:
    | { readonly kind: 'names'; readonly prefix: string }
    | { readonly kind: 'hash'; readonly signed: boolean }
    | { readonly kind: 'slots'; readonly signed: boolean; readonly prefix: string; readonly slots: HashSlots }
}

/** Numbers of which a model needs some by themselves, and all others together if at all. */
export type HashSlots = {
  /** How many numbers there are. */
  readonly of: number
  /** What the last features say of all numbers that have none of their own, one each. */
  readonly others: readonly OtherSlots[]
}

/**
 * One number of many: each count as it is, 1 + its logarithm, or 1 where it is above 0; then their sum, or the norm of them.
 */
export type OtherSlots = {
  readonly value: (typeof otherValues)[number]
  readonly by: (typeof otherMeasures)[number]
}

export const otherValues = ['count', 'log', 'positive'] as const
export const otherMeasures = ['sum', 'l1', 'l2', 'max'] as const

/** scikit-learn's users go to 5; each size costs a look-up a character. */
export const longestNgram = 32

/** A canonical row that is not summed holds each in 8 bytes, also where it is 0: a megabyte, and batches have hundreds of rows. */
export const mostTextColumns = 131_072

/** What a hash of 32 bits can give. */
const mostSlots = 2 ** 31 - 1

export const hashSlotsShape = closedObject({
  of: integer(1, mostSlots),
  others: listOf(closedObject({ value: oneOf(...otherValues), by: oneOf(...otherMeasures) }), {
    most: otherValues.length * otherMeasures.length,
  }),
}) satisfies Shape<HashSlots>

export const textColumnsShape = closedObject({
  start: integer(1),
  count: integer(1, mostTextColumns),
  analyzer: oneOf('word', 'char', 'char_wb'),
  lowercase: flag,
  stripAccents: optional(oneOf('ascii', 'unicode')),
  tokenPattern: optional(text),
  stopWords: optional(anyOf(oneOf('english'), listOf(text))),
  ngrams: tupleOf(integer(1, longestNgram), integer(1, longestNgram)),
  binary: flag,
  terms: anyOf(
    closedObject({ kind: oneOf('names'), prefix: text }),
    closedObject({ kind: oneOf('hash'), signed: flag }),
    closedObject({ kind: oneOf('slots'), signed: flag, prefix: text, slots: hashSlotsShape }),
  ),
}) satisfies Shape<TextColumns>
