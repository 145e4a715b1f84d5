// A stream in; a writer of text that waits for its reader, knows whether a person watches, and ends quietly with it, out.

import type { Writable } from 'node:stream'
import { styleText } from 'node:util'
import { usageError } from './usage-error.ts'

export type Style = Parameters<typeof styleText>[0]

export type TextWriter = {
  /** True where the stream is a terminal. */
  readonly isTerminal: boolean
  /** Characters of a line. */
  readonly columns: number
  readonly stream: Writable
  /** Resolves once more may be written. @throws PipeClosed where nobody reads any more; INPUT_INVALID on a full disk */
  write(text: string): Promise<void>
  /** Resolves once all is written. @throws as write does */
  flush(): Promise<void>
  /** `text` in colour on a terminal, unless NO_COLOR is set; plain elsewhere. */
  style(style: Style, text: string): string
}

/** Whoever read our answers has left, such as `head`: no error, and nothing is left to do. */
export class PipeClosed extends Error {
  override readonly name = 'PipeClosed'
}

/** Width of a line where nobody says it. */
const defaultColumns = 80

export function createTextWriter(stream: Writable & { isTTY?: boolean; columns?: number }): TextWriter {
  let failure: Error | undefined
  stream.on('error', (error: NodeJS.ErrnoException) => {
    const isClosed = error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED'
    failure ??= isClosed ? new PipeClosed() : usageError(`cannot write the output: ${error.message}`, error)
  })
  const throwFailure = (): void => {
    if (failure !== undefined) throw failure
  }
  const isTerminal = stream.isTTY === true
  const hasColours = isTerminal && (process.env['NO_COLOR'] ?? '') === ''
  return {
    isTerminal,
    columns: stream.columns ?? defaultColumns,
    stream,
    async write(text) {
      throwFailure()
      if (stream.destroyed) throw new PipeClosed()
      if (!stream.write(text)) await untilDrained(stream)
      throwFailure()
    },
    async flush() {
      if (!stream.destroyed) await new Promise<void>((resolve) => stream.write('', () => resolve()))
      // an error event comes after the callback of the write that failed
      await new Promise((resolve) => setImmediate(resolve))
      throwFailure()
    },
    style: (style, text) => (hasColours ? styleText(style, text, { validateStream: false }) : text),
  }
}

/** Resolves on drain, and as well when the stream fails or closes: then it never drains. */
function untilDrained(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      for (const event of ['drain', 'error', 'close']) stream.off(event, settle)
      resolve()
    }
    for (const event of ['drain', 'error', 'close']) stream.on(event, settle)
  })
}
