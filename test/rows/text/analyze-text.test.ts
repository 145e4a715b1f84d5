import { describe, expect, it } from 'vitest'
import type { TextColumns } from '../../../src/artifact/text-columns.ts'
import { createAnalyzer } from '../../../src/rows/text/analyze-text.ts'
import { englishStopWords } from '../../../src/rows/text/english-stop-words.ts'

const usual: TextColumns = {
  start: 1,
  count: 1,
  analyzer: 'word',
  lowercase: true,
  ngrams: [1, 1],
  binary: false,
  terms: { kind: 'names', prefix: '' },
}

function termsOf(text: string, settings: Partial<TextColumns>): string[] {
  const terms: string[] = []
  createAnalyzer({ ...usual, ...settings })(text, (term) => terms.push(term))
  return terms
}

describe('the terms of a text', () => {
  it.each<[string, string, Partial<TextColumns>, string[]]>([
    ['words of two letters or more', 'A Good, good day', {}, ['good', 'good', 'day']],
    ['words as they are', 'Good ΟΔΟΣ', { lowercase: false }, ['Good', 'ΟΔΟΣ']],
    ['lower words as Python writes them, by final sigma too', 'ΟΔΟΣ ΣΑ', {}, ['οδος', 'σα']],
    ['n-grams of words, shorter ones first', 'aa bb cc', { ngrams: [1, 2] }, ['aa', 'bb', 'cc', 'aa bb', 'bb cc']],
    ['n-grams over dropped stop words', 'aa the cc', { ngrams: [2, 3], stopWords: 'english' }, ['aa cc']],
    ['no stop words of a list', 'aa bb', { stopWords: ['aa'] }, ['bb']],
    ['characters by code point', 'a😀b', { analyzer: 'char', ngrams: [2, 2] }, ['a😀', '😀b']],
    ['characters with spaces that are one', 'a \n b\tc', { analyzer: 'char', ngrams: [3, 3] }, ['a b', ' b\t', 'b\tc']],
    ['characters within words', 'ab c', { analyzer: 'char_wb', ngrams: [3, 3] }, [' ab', 'ab ', ' c ']],
    ['a short word once, whatever n is', 'a', { analyzer: 'char_wb', ngrams: [2, 6] }, [' a', 'a ', ' a ']],
    ['nothing in nothing', '', { analyzer: 'char', ngrams: [1, 3] }, []],
  ])('are %s', (_, text, settings, terms) => {
    expect(termsOf(text, settings)).toEqual(terms)
  })

  it('knows the 318 stop words of scikit-learn', () => {
    expect(new Set(englishStopWords).size).toBe(318)
    expect(englishStopWords).toContain('yourselves')
  })

  it('refuses a pattern that cannot be written in JavaScript', () => {
    expect(() => createAnalyzer({ ...usual, tokenPattern: '(a|b)+' })).toThrow(/token pattern/)
  })
})
