// What every command gets: where rows come from, where answers and notes go, when to stop.

import type { Readable } from 'node:stream'
import type { TextWriter } from './text-writer.ts'

export type CliContext = {
  readonly stdin: Readable
  /** Answers, and nothing else. */
  readonly stdout: TextWriter
  /** Progress, notes, errors. */
  readonly stderr: TextWriter
  /** Aborted when the user wants to stop. */
  readonly signal: AbortSignal
  /** Does work that holds the thread for long and leaves nothing behind: a signal ends the process meanwhile, at once. */
  endable<Result>(work: () => Promise<Result>): Promise<Result>
  /** The exit code of a command that ran to its end without an error. @default 0 */
  finish(exitCode: number): void
}
