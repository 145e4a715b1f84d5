// How terms are told in; a function that lists the terms of a text out, as scikit-learn's analyzers list them.

import type { TextColumns } from '../../artifact/text-columns.ts'
import { createError } from '../../errors.ts'
import { englishStopWords } from './english-stop-words.ts'
import { stripAccents } from './strip-accents.ts'
import { spaceClass, tokenExpression } from './token-expression.ts'

export type Analyze = (text: string, each: (term: string) => void) => void

/** What scikit-learn's own default is. */
export const usualTokenPattern = String.raw`(?u)\b\w\w+\b`

const spaces = new RegExp(`[${spaceClass}]{2,}`, 'gu')
const wordsBetweenSpaces = new RegExp(`[^${spaceClass}]+`, 'gu')

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
  const [least, most] = columns.ngrams
  switch (columns.analyzer) {
    case 'word':
      return wordTerms(columns)
    case 'char':
      return (text, each) => {
        const characters = charactersOf(text.replace(spaces, ' '))
        for (let n = least; n <= most; n++) eachRun(characters, n, '', each)
      }
    case 'char_wb':
      return (text, each) => {
        for (const word of text.match(wordsBetweenSpaces) ?? []) {
          const padded = charactersOf(` ${word} `)
          for (let n = least; n <= most; n++) {
            // a word that is shorter than n counts once
            if (n >= padded.length) {
              each(padded.join(''))
              break
            }
            eachRun(padded, n, '', each)
          }
        }
      }
  }
}

function wordTerms({ tokenPattern = usualTokenPattern, stopWords, ngrams: [least, most] }: TextColumns): Analyze {
  const expression = tokenExpression(tokenPattern)
  if (expression === undefined)
    throw createError(
      'VALIDATION_FAILED',
      `the token pattern ${tokenPattern} cannot be written in JavaScript; convert the model again`,
    )
  const stopped = new Set(stopWords === 'english' ? englishStopWords : stopWords)
  return (text, each) => {
    const found: readonly string[] = text.match(expression) ?? []
    const words = stopped.size === 0 ? found : found.filter((word) => !stopped.has(word))
    for (let n = least; n <= most; n++) eachRun(words, n, ' ', each)
  }
}

/** By code points, as Python counts them. */
function charactersOf(text: string): readonly string[] {
  return Array.from(text)
}

function eachRun(items: readonly string[], n: number, glue: string, each: (term: string) => void): void {
  if (n === 1) for (const item of items) each(item)
  else
    for (let i = 0; i + n <= items.length; i++) {
      let term = items[i]
      for (let k = i + 1; k < i + n; k++) term += glue + items[k]
      each(term)
    }
}
