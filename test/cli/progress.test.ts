// Progress: a bar that cleans up after itself on a terminal, plain lines elsewhere.
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { createProgress } from '../../src/cli/progress.ts'
import { createTextWriter } from '../../src/cli/text-writer.ts'

function createScreen(isTTY: boolean) {
  const stream = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY, columns: 80 })
  return { stream, text: () => String(stream.read() ?? '') }
}

test('writes a line a stage where nobody watches, and no stage twice in a row', () => {
  const { stream, text } = createScreen(false)
  const progress = createProgress(createTextWriter(stream))
  for (const [fraction, message] of [
    [0, 'reading'],
    [0.1, 'reading'],
    [0.5, 'writing'],
  ] as const)
    progress.report(fraction, message)
  progress.stop()
  expect(text()).toBe('reading\nwriting\n')
})

test('draws a bar on a terminal, and never hides the cursor, which a process that is ended could not show again', () => {
  const { stream, text } = createScreen(true)
  Object.assign(stream, { cursorTo: () => true, clearLine: () => true, moveCursor: () => true })
  const progress = createProgress(createTextWriter(stream))
  progress.report(0.5, 'writing')
  progress.stop()
  progress.stop()
  const screen = text()
  expect(screen).toContain('50 %  writing')
  expect(screen).not.toContain('\u001b[?25l')
})

test('a terminal has colours unless NO_COLOR is set, anything else has none', () => {
  const before = process.env['NO_COLOR']
  try {
    delete process.env['NO_COLOR']
    expect(createTextWriter(createScreen(true).stream).style('bold', 'a')).toBe('\u001b[1ma\u001b[22m')
    expect(createTextWriter(createScreen(false).stream).style('bold', 'a')).toBe('a')
    process.env['NO_COLOR'] = '1'
    expect(createTextWriter(createScreen(true).stream).style('bold', 'a')).toBe('a')
  } finally {
    if (before === undefined) delete process.env['NO_COLOR']
    else process.env['NO_COLOR'] = before
  }
})
