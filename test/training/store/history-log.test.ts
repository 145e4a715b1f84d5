// Histories as they are, cut off, and changed by hand.
import { expect, it } from 'vitest'
import { historyBytes, parseHistory } from '../../../src/training/store/history-log.ts'
import type { HistoryEntry } from '../../../src/training/store/model-store.ts'

const entry = (seq: number, action: HistoryEntry['action'] = 'promote'): HistoryEntry => ({
  seq,
  at: '2026-01-02T03:04:05.000Z',
  action,
  version: '1.0.0',
})
const text = (entries: readonly HistoryEntry[], endsLine = true): string =>
  new TextDecoder().decode(historyBytes(entries, { endsLine }))

it('reads what it writes', () => {
  const entries = [entry(1, 'register'), { ...entry(2), previous: '0.9.0', checksum: 'ab', reason: 'a\nb "c"' }]
  expect(parseHistory(text(entries), 'h')).toEqual({ entries, torn: [], endsLine: true })
  expect(parseHistory('', 'h')).toEqual({ entries: [], torn: [], endsLine: true })
})

it('recognises a line that was cut off at any of its characters, and goes on after it', () => {
  const whole = text([entry(1), entry(2)])
  const first = text([entry(1)])
  for (let end = first.length + 1; end < whole.length - 1; end++) {
    const log = parseHistory(whole.slice(0, end), 'h')
    expect(log.entries).toEqual([entry(1)])
    expect(log.torn).toEqual([{ line: 2, text: whole.slice(first.length, end) }])
    expect(log.endsLine).toBe(false)
    const mended = whole.slice(0, end) + text([entry(2, 'recover')], log.endsLine)
    expect(parseHistory(mended, 'h')).toEqual({ entries: [entry(1), entry(2, 'recover')], torn: [], endsLine: true })
  }
})

it('takes a last line that lacks its line end alone for the entry that it is', () => {
  const log = parseHistory(text([entry(1)]).trimEnd(), 'h')
  expect(log).toEqual({ entries: [entry(1)], torn: [], endsLine: false })
  expect(parseHistory(text([entry(1)]).trimEnd() + text([entry(2)], false), 'h').entries).toHaveLength(2)
})

it('counts a cut line as told only by a recover after it', () => {
  expect(parseHistory(`${text([entry(1)])}{"se\n${text([entry(2)])}`, 'h').torn).toHaveLength(1)
  expect(parseHistory(`${text([entry(1)])}{"se\n${text([entry(2), entry(3, 'recover')])}`, 'h').torn).toEqual([])
})

it.each([
  ['a line taken away', text([entry(1), entry(3)]), /line 2: expected sequence number 2, got 3/],
  ['a line twice there', text([entry(1), entry(1)]), /line 2: expected sequence number 2, got 1/],
  [
    'a line that was spoilt by hand',
    `${text([entry(1)])}{}\n${text([entry(3)])}`,
    /line 3: expected sequence number 2/,
  ],
])('refuses %s', (_, broken, message) => {
  expect(() => parseHistory(broken, 'h')).toThrow(message)
})
