import { describe, expect, it } from 'vitest'
import { tokenExpression } from '../../../src/rows/text/token-expression.ts'

const usual = String.raw`(?u)\b\w\w+\b`

describe('tokenExpression', () => {
  it.each([
    [usual, "It's café, 2024 foo_bar a हिन्दी 日本語 x\u0301y ½Ⅳ", ['It', 'café', '2024', 'foo_bar', '日本語', '½Ⅳ']],
    [String.raw`\w+`, 'a b_c ², ٣', ['a', 'b_c', '²', '٣']],
    [String.raw`\b[a-zA-Z]{3,}\b`, 'abc abcé Abc1 xyz', ['abc', 'xyz']],
    [String.raw`[a-z]{2}`, 'abcde', ['ab', 'cd']],
    [String.raw`\S+`, 'a\u001cb\u0085c\ufeffd e', ['a', 'b', 'c\ufeffd', 'e']],
    [String.raw`\b[^\W\d_]+\b`, 'ab1 cd_e fg é', ['fg', 'é']],
    [String.raw`(\w\w+)`, 'a bc', ['bc']],
    [String.raw`\b(\w+)\b`, 'a bc', ['a', 'bc']],
    [String.raw`(?u)(?:\b\w\w+\b)`, 'a bc', ['bc']],
    [String.raw`\b\w[\w'-]*`, "don't e-mail -x", ["don't", 'e-mail', 'x']],
    [String.raw`#?\w+`, '#tag no # x', ['#tag', 'no', 'x']],
    [String.raw`.{2,}`, 'ab\nc\nd\u2028e', ['ab', 'd\u2028e']],
    [String.raw`[\]\-a]+`, ']-a b^', [']-a']],
    [String.raw`[]a]+`, 'x]a', [']a']],
    [String.raw`\d{1,2}\.`, '1.22.333.', ['1.', '22.', '33.']],
    ['😀+', 'a😀😀b', ['😀😀']],
  ])('finds what %s finds in Python', (pattern, text, tokens) => {
    expect(text.match(tokenExpression(pattern) ?? /$^/g)).toEqual(tokens)
  })

  it.each([
    ['a group that repeats', String.raw`\w+(?:-\w+)*`],
    ['an alternative', 'a|b'],
    ['two repetitions without end', String.raw`\w+-\w+`],
    ['a lazy repetition', String.raw`\w+?`],
    ['a possessive repetition', String.raw`\w++`],
    ['what matches nothing', String.raw`\w*`],
    ['nothing', ''],
    ['an end that is a boundary behind a beginning that is none', String.raw`\w+\b`],
    ['another flag', String.raw`(?i)\w+`],
    ['a look ahead', String.raw`(?=a)\w+`],
    ['an anchor', '^a+'],
    ['an escape with a meaning of its own', String.raw`\x41+`],
    ['a boundary in a class', String.raw`[\b]+`],
    ['a class in a class', '[[a]]+'],
    ['a range backwards', '[z-a]+'],
    ['a group that does not end', String.raw`(\w+`],
    ['two groups', String.raw`(\b(\w+)\b)`],
    ['a repetition of thousands', String.raw`\w{5000,}`],
    ['a long pattern', 'a'.repeat(500)],
  ])('refuses %s', (_, pattern) => {
    expect(tokenExpression(pattern)).toBeUndefined()
  })

  it.each([
    [usual, 'é'.repeat(300_000)],
    [String.raw`\b[a-z]+\b`, `${'a'.repeat(300_000)}é`],
    [String.raw`\b[a-z-]+\b`, `${'a-'.repeat(150_000)}é`],
    [String.raw`\b\w[\w'-]+`, "'".repeat(300_000)],
    [String.raw`\b\d{1,100}x?\d+\b`, `${'1'.repeat(300_000)}a`],
  ])('%s answers quickly for a hostile text', (pattern, text) => {
    const startedAtMs = performance.now()
    text.match(tokenExpression(pattern) ?? /$^/g)
    expect(performance.now() - startedAtMs).toBeLessThan(2000)
  })
})
