// How terms are told in; a function that lists the terms of a text out, as scikit-learn's analyzers list them.

import type { TextColumns } from '../../artifact/text-columns.ts'
import { createError } from '../../errors.ts'
import { createCharacterKind } from './character-kind.ts'
import { englishStopWords } from './english-stop-words.ts'
import { stripAccents } from './strip-accents.ts'
import { addItem, beginItems, createTermItems, eachRun, type EachTerm, type TermItems } from './term-items.ts'
import { emptyHash, hashByte, hashBytes } from './term-hash.ts'
import { createTermTable } from './term-table.ts'
import { leastWordLength, spaceClass, tokenExpression, wordClass } from './token-expression.ts'
import { createUtf8Text, utf8Length, writeUtf8 } from './utf8-text.ts'

export type Analyze = (text: string, each: EachTerm) => void

/** What scikit-learn's own default is. */
export const usualTokenPattern = String.raw`(?u)\b\w\w+\b`

const spaces = new RegExp(`[${spaceClass}]{2,}`, 'gu')

/**
 * Source: sklearn/feature_extraction/text.py of 1.9.1, `_VectorizerMixin`.
 * @throws VALIDATION_FAILED where the token pattern cannot be written in JavaScript
 */
export function createAnalyzer(columns: TextColumns): Analyze {
  const terms = termsOf(columns)
  const strip = columns.stripAccents && stripAccents[columns.stripAccents]
  return (text, each) => {
    const lower = columns.lowercase ? text.toLowerCase() : text
    terms(strip ? strip(lower) : lower, each)
  }
}

function termsOf(columns: TextColumns): Analyze {
  switch (columns.analyzer) {
    case 'word':
      return wordTerms(columns)
    case 'char':
      return characterTerms(columns)
    case 'char_wb':
      return wordCharacterTerms(columns)
  }
}

function wordTerms({ tokenPattern = usualTokenPattern, stopWords, ngrams: [least, most] }: TextColumns): Analyze {
  const eachToken = tokensOf(tokenPattern)
  if (eachToken === undefined)
    throw createError(
      'VALIDATION_FAILED',
      `the token pattern ${tokenPattern} cannot be written in JavaScript; convert the model again`,
    )
  const eachKept = withoutStops(eachToken, stopWords === 'english' ? englishStopWords : (stopWords ?? []))
  if (least === 1 && most === 1) return eachKept
  const items = createTermItems(' ')
  const addWord: EachTerm = (bytes, start, end, hash) => addItem(items, bytes, start, end, hash)
  return (text, each) => {
    // a character has 3 bytes a unit at most
    beginItems(items, 3 * text.length)
    eachKept(text, addWord)
    for (let n = least; n <= most; n++) eachRun(items, n, each)
  }
}

function withoutStops(eachToken: Analyze, words: readonly string[]): Analyze {
  if (words.length === 0) return eachToken
  const placeOf = createTermTable([...new Set(words)])
  return (text, each) =>
    eachToken(text, (bytes, start, end, hash) => {
      if (placeOf(bytes, start, end, hash) === 0) each(bytes, start, end, hash)
    })
}

function characterTerms({ ngrams: [least, most] }: TextColumns): Analyze {
  const items = createTermItems('')
  const written = createUtf8Text()
  return (text, each) => {
    writeUtf8(written, text.replace(spaces, ' '))
    beginItems(items, written.length)
    addCharacters(items, written.bytes, 0, written.length)
    for (let n = least; n <= most; n++) eachRun(items, n, each)
  }
}

/** Runs of characters within words, which have a space on both sides. */
function wordCharacterTerms({ ngrams: [least, most] }: TextColumns): Analyze {
  const items = createTermItems('')
  const eachWord = eachWordOf(`^${spaceClass}`, 1)
  const space = Uint8Array.of(0x20)
  return (text, each) => {
    eachWord(text, (bytes, start, end) => {
      beginItems(items, end - start)
      addItem(items, space, 0, 1, 0x20)
      addCharacters(items, bytes, start, end)
      addItem(items, space, 0, 1, 0x20)
      for (let n = least; n <= most && n < items.count; n++) eachRun(items, n, each)
      // a word that is no longer than n counts once
      if (most >= items.count) eachRun(items, items.count, each)
    })
  }
}

/** Tells each token of a text. */
function tokensOf(pattern: string): Analyze | undefined {
  const leastOfWord = leastWordLength(pattern)
  if (leastOfWord !== undefined) return eachWordOf(wordClass, leastOfWord)
  const expression = tokenExpression(pattern)
  if (expression === undefined) return undefined
  const written = createUtf8Text()
  return (text, each) => {
    for (const token of text.match(expression) ?? []) {
      writeUtf8(written, token)
      each(written.bytes, 0, written.length, hashBytes(written.bytes, 0, written.length))
    }
  }
}

/** All runs of characters of the class that have at least so many. */
function eachWordOf(inside: string, least: number): Analyze {
  const isOfWord = createCharacterKind(inside)
  const isAsciiOfWord = Uint8Array.from({ length: 0x80 }, (_, code) => Number(isOfWord(Uint8Array.of(code), 0)))
  const written = createUtf8Text()
  return (text, each) => {
    writeUtf8(written, text)
    const { bytes, length } = written
    for (let i = 0; i < length; i += utf8Length(bytes[i])) {
      const start = i
      let hash = emptyHash
      let continuing = 0
      for (; i < length; i++) {
        const lead = bytes[i]
        if (lead < 0x80 ? isAsciiOfWord[lead] === 0 : !isOfWord(bytes, i)) break
        hash = hashByte(hash, lead)
        for (let left = utf8Length(lead) - 1; left > 0; left--) {
          hash = hashByte(hash, bytes[++i])
          continuing++
        }
      }
      if (i - start - continuing >= least) each(bytes, start, i, hash)
    }
  }
}

/** By code points, as Python counts them. */
function addCharacters(items: TermItems, bytes: Uint8Array, start: number, end: number): void {
  for (let i = start; i < end; ) {
    const next = i + utf8Length(bytes[i])
    addItem(items, bytes, i, next, hashBytes(bytes, i, next))
    i = next
  }
}
