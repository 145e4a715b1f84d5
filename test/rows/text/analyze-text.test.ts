import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TextColumns } from '../../../src/artifact/text-columns.ts'
import { createAnalyzer } from '../../../src/rows/text/analyze-text.ts'
import { englishStopWords } from '../../../src/rows/text/english-stop-words.ts'
import { hashBytes } from '../../../src/rows/text/term-hash.ts'
import { spaceClass, tokenExpression } from '../../../src/rows/text/token-expression.ts'

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
  createAnalyzer({ ...usual, ...settings })(text, (bytes, start, end, hash) => {
    expect(hash).toBe(hashBytes(bytes, start, end))
    terms.push(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(start, end)))
  })
  return terms
}

/** The same by strings alone, as Python's own code reads. */
function plainTerms(text: string, { analyzer, tokenPattern = String.raw`\b\w\w+\b`, stopWords, ngrams }: TextColumns) {
  const runs = (items: readonly string[], glue: string): string[] =>
    Array.from({ length: ngrams[1] - ngrams[0] + 1 }, (_, more) => ngrams[0] + more).flatMap((n) =>
      items.slice(n - 1).map((_, i) => items.slice(i, i + n).join(glue)),
    )
  const lower = text.toLowerCase().replace(/\p{Surrogate}/gu, '\ufffd')
  if (analyzer === 'char') return runs([...lower.replace(new RegExp(`[${spaceClass}]{2,}`, 'gu'), ' ')], '')
  if (analyzer === 'word') {
    const words = lower.match(tokenExpression(tokenPattern) ?? /$^/g) ?? []
    return runs(
      words.filter((word) => stopWords === undefined || !stopWords.includes(word)),
      ' ',
    )
  }
  return (lower.match(new RegExp(`[^${spaceClass}]+`, 'gu')) ?? []).flatMap((word) => {
    const padded = [' ', ...word, ' ']
    const shorter = runs(padded, '').filter((term) => [...term].length < padded.length)
    return ngrams[1] < padded.length ? shorter : [...shorter, padded.join('')]
  })
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

  it('are those that strings would give, of any text', () => {
    const character = fc.constantFrom(...'aab_1 .\n\u00a0éß²日😀𝐀𝟙\ud83d\udc00\ufeff\ufffd\u0301Σİ')
    const settings = fc.record({
      analyzer: fc.constantFrom<TextColumns['analyzer'][]>('word', 'char', 'char_wb'),
      ngrams: fc.constantFrom<TextColumns['ngrams'][]>([1, 1], [1, 2], [2, 2], [2, 4], [1, 3], [3, 3]),
      tokenPattern: fc.constantFrom(String.raw`\b\w\w+\b`, String.raw`\w+`, String.raw`\S+`, String.raw`[a-z]{2}`),
      stopWords: fc.constantFrom<string[][]>([], ['aa', 'éa', '𝐀']),
    })
    const texts = fc.array(fc.array(character, { maxLength: 40 }), { maxLength: 3 })
    fc.assert(
      fc.property(texts, settings, (some, chosen) => {
        const columns = { ...usual, ...chosen }
        for (const text of some) expect(termsOf(text.join(''), chosen)).toEqual(plainTerms(text.join(''), columns))
      }),
      { numRuns: 300 },
    )
  })

  it('are the same after a text that took much room, and of words without an end', () => {
    const analyze = createAnalyzer({ ...usual, ngrams: [1, 2] })
    const count = (text: string): number => {
      let terms = 0
      analyze(text, () => terms++)
      return terms
    }
    expect([count('aa bb'), count('aa bb '.repeat(1e5)), count('aa bb'), count('日'.repeat(3e5))]).toEqual([
      3, 399_999, 3, 1,
    ])
  })

  it('knows the 318 stop words of scikit-learn', () => {
    expect(new Set(englishStopWords).size).toBe(318)
    expect(englishStopWords).toContain('yourselves')
  })

  it('refuses a pattern that cannot be written in JavaScript', () => {
    expect(() => createAnalyzer({ ...usual, tokenPattern: '(a|b)+' })).toThrow(/token pattern/)
  })
})
