import { expect, it } from 'vitest'
import { stripAccents } from '../../../src/rows/text/strip-accents.ts'

it.each([
  ['plain text', 'plain text', 'plain text'],
  ['crème brûlée', 'creme brulee', 'creme brulee'],
  ['e\u0301 a\u0345', 'e a', 'e a'],
  ['ﬁne ½', 'fine 1\u20442', 'fine 12'],
  ['Straße ø', 'Straße ø', 'Strae '],
  // a sign that takes part in no reordering stays, one that does goes: \u093f and \u094d
  ['हिन्दी', 'हिनदी', ''],
  ['日本', '日本', ''],
])('%j becomes %j, and %j as ASCII', (text, unicode, ascii) => {
  expect(stripAccents.unicode(text)).toBe(unicode)
  expect(stripAccents.ascii(text)).toBe(ascii)
})
