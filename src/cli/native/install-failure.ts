// What an install could not do in; an error with one line for people, and the last words of the tool that failed, out.

import { createError, isMLError, type MLError } from '../../errors.ts'
import type { RunResult } from './machine.ts'

export type InstallFailureOptions = {
  /** Lines of the tool that failed, quoted below the message. */
  readonly quoted?: readonly string[]
  readonly cause?: unknown
}

/** Enough for a compiler's error with its source line; more would hide our own line. */
const maxQuotedLines = 8

/** Longer lines are a tool's own progress or mangled names. */
const maxQuotedLength = 300

/** `step` is a step of the plan, or what comes before it: `requirements`, `lock`. */
export function installFailure(step: string, message: string, options: InstallFailureOptions = {}): MLError {
  const { quoted = [], cause } = options
  return createError('BACKEND_UNAVAILABLE', message, { details: { step, quoted }, cause })
}

/** True for what the file system itself refused. */
export function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error
}

/** What the file system refused, as a failed install; anything else as it is. */
export function fileFailure(error: unknown): unknown {
  if (!isFileError(error)) return error
  return installFailure('files', `the file system refused: ${error.message}`, { cause: error })
}

/** The quoted lines of a failed install; undefined for any other error. */
export function quotedLines(error: unknown): readonly string[] | undefined {
  if (!isMLError(error) || typeof error.details['step'] !== 'string') return undefined
  return error.details['quoted'] as readonly string[]
}

/** How a tool ended, as part of a sentence. */
export function endText(result: RunResult): string {
  if (result.kind === 'missing') return 'not found'
  return result.kind === 'killed' ? `ended by ${result.signalName}` : `exit code ${result.exitCode}`
}

/** What a tool wrote about its failure: its lines that say so, such as pip's ERROR, else its last ones. */
export function lastLines(result: RunResult): readonly string[] {
  if (result.kind === 'missing') return []
  const written = result.stderr.trim() === '' ? result.stdout : result.stderr
  const lines = written
    .split('\n')
    .flatMap((line) => (line.trim() === '' ? [] : [line.trimEnd().slice(0, maxQuotedLength)]))
  const npm = lines.filter((line) => /^npm (error|ERR!)/.test(line) && !/^npm \S+\s+(at |A complete log)/.test(line))
  // npm says what failed first and advises then; compilers and pip end with it
  if (npm.length > 0) return npm.slice(0, maxQuotedLines)
  const marked = lines.filter((line) => /^(ERROR|WARNING)\b|\berror:/.test(line))
  return (marked.length > 0 ? marked : lines).slice(-maxQuotedLines)
}
