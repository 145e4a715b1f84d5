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

function createBar({ stream }: TextWriter): Progress {
  const bar = new SingleBar(
    // a process that is ended while it draws could not show the cursor again
    { stream, format: '{bar} {percentage} %  {message}', hideCursor: false, clearOnComplete: true, noTTYOutput: false },
    Presets.shades_classic,
  )
  let isRunning = false
  return {
    report(fraction, message) {
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
