// How far a piece of work has come in; a bar on a terminal, or one plain line a stage elsewhere, out.

import { Presets, SingleBar } from 'cli-progress'
import type { TextWriter } from './text-writer.ts'

export type Progress = {
  /** Fractions go from 0 to 1. */
  report(fraction: number, message: string): void
  /** Leaves no half-drawn line behind; a second call does nothing. */
  stop(): void
}

const barSteps = 100

export function createProgress(stderr: TextWriter): Progress {
  return stderr.isTerminal ? createBar(stderr) : createLines(stderr)
}

/** What a line holds beside the message: the bar, its percentage and the space between them. */
const barColumns = 40
const otherColumns = barColumns + ' 100 %  '.length

function createBar({ stream, columns }: TextWriter): Progress {
  const options = {
    stream,
    format: '{bar} {percentage} %  {message}',
    barsize: barColumns,
    clearOnComplete: true,
    noTTYOutput: false,
    // a process that is ended while it draws could give neither back
    hideCursor: false,
    linewrap: true,
  }
  const bar = new SingleBar(options, Presets.shades_classic)
  const fitting = (text: string): string => [...text].slice(0, Math.max(0, columns - 1 - otherColumns)).join('')
  let isRunning = false
  return {
    report(fraction, text) {
      const message = fitting(text)
      if (!isRunning) bar.start(barSteps, 0, { message })
      isRunning = true
      bar.update(Math.round(barSteps * fraction), { message })
      // long stages hold the thread, so that the bar's own timer would not draw
      bar.render()
    },
    stop() {
      if (isRunning) bar.stop()
      isRunning = false
    },
  }
}

/** A log has no use for the same line a hundred times. */
function createLines(stderr: TextWriter): Progress {
  let last = ''
  return {
    report(_fraction, message) {
      if (message === last) return
      last = message
      stderr.stream.write(`${message}\n`)
    },
    stop() {},
  }
}
