// Names that would move a terminal's cursor or turn a line around in, texts that a person sees whole out.
import { expect, test } from 'vitest'
import { alignColumns } from '../../../converters/report/align-columns.ts'
import { drawTree } from '../../../converters/report/draw-tree.ts'
import { visibleText } from '../../../converters/report/visible-text.ts'

test.each([
  ['new\nline', 'new\\nline'],
  ['\u001b[31mred', '\\u001b[31mred'],
  ['\u009b2J', '\\u009b2J'],
  ['evil\u202ecod.exe', 'evil\\u202ecod.exe'],
  ['a\u2028b', 'a\\u2028b'],
  ['\u2067x', '\\u2067x'],
  ['São Paulo 名前 🎉', 'São Paulo 名前 🎉'],
])('%j becomes %j', (text, shown) => {
  expect(visibleText(text)).toBe(shown)
})

test('a cell is one line', () => {
  expect(
    alignColumns([
      ['a\nb', 'x'],
      ['c', 'y'],
    ]),
  ).toBe('a\\nb  x\nc     y')
})

test('a step of a tree is one line', () => {
  const root = { className: 'Pipeline', name: 'st\nep\u001b[2J', parameters: { sep: '\r' }, children: [] }
  expect(drawTree(root)).toBe('st\\nep\\u001b[2J: Pipeline\n   sep=\\r')
})
