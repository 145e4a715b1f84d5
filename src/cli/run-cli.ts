// Command-line arguments and streams in, an exit code out; never throws and never ends the process.

import { CommanderError } from 'commander'
import type { Readable, Writable } from 'node:stream'
import type { CliContext } from './cli-context.ts'
import { errorDetails, errorLine } from './error-text.ts'
import { exitCodeOf, exitCodes } from './exit-code.ts'
import { createProgram } from './program.ts'
import { createTextWriter, PipeClosed } from './text-writer.ts'

export type CliStreams = {
  readonly stdin: Readable
  readonly stdout: Writable
  readonly stderr: Writable
  readonly signal?: AbortSignal
  /** @default the work and no more */
  readonly endable?: CliContext['endable']
}

/**
 * Runs one command.
 * @param argv arguments after the command's own name
 * @returns 0 done, 1 a check failed, 2 wrong use or bad input, 130 interrupted
 */
export async function runCli(argv: readonly string[], streams: CliStreams): Promise<number> {
  const { stdin, signal = new AbortController().signal, endable = (work) => work() } = streams
  const stdout = createTextWriter(streams.stdout)
  const stderr = createTextWriter(streams.stderr)
  let exitCode: number = exitCodes.done
  const context: CliContext = { stdin, stdout, stderr, signal, endable, finish: (code) => void (exitCode = code) }
  try {
    signal.throwIfAborted()
    await createProgram(context).parseAsync([...argv], { from: 'user' })
    signal.throwIfAborted()
    await stdout.flush()
    return exitCode
  } catch (error) {
    if (signal.aborted) return exitCodes.interrupted
    if (error instanceof PipeClosed) return exitCodes.done
    // Commander has already printed what was wrong, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.wrongUse
    streams.stderr.write(argv.includes('--verbose') ? `${errorLine(error)}${errorDetails(error)}` : errorLine(error))
    return exitCodeOf(error)
  }
}
