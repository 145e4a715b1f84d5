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

test('draws a bar on a terminal, and takes nothing of it that a process that is ended could not give back', () => {
  const { stream, text } = createScreen(true)
  Object.assign(stream, { cursorTo: () => true, clearLine: () => true, moveCursor: () => true })
  const progress = createProgress(createTextWriter(stream))
  progress.report(0.5, 'writing')
  progress.stop()
  progress.stop()
  const screen = text()
  expect(screen).toContain('50 %  writing')
  // the cursor, and the wrapping of long lines
  expect(screen).not.toContain('\u001b[?25l')
  expect(screen).not.toContain('\u001b[?7l')
})

test('a bar is one line, however long its message', () => {
  const { stream, text } = createScreen(true)
  Object.assign(stream, { cursorTo: () => true, clearLine: () => true, moveCursor: () => true })
  const progress = createProgress(createTextWriter(stream))
  progress.report(0.5, `reading ${'deep/'.repeat(40)}model.pkl`)
  progress.stop()
  const [line] = /[\u2588\u2591]+ 50 % {2}reading [a-z/]+/.exec(text()) ?? ['']
  expect(line.length).toBeGreaterThan(60)
  expect(line.length).toBeLessThan(80)
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
