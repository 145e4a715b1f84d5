// An error in, what a person reads of it out: one line, and with --verbose its stack and causes.

import { isMLError } from '../errors.ts'

/** Control characters of a hostile file name or category must not reach the terminal. */
const controlCharacters = /[\u0000-\u001f\u007f-\u009f]+/g

/** The same, but for line ends and tabs, which make a stack readable. */
const otherControlCharacters = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]+/g

/** Causes that --verbose prints; a chain can be cyclic. */
const maxCauses = 8

/** `error CODE: message`, always one line. */
export function errorLine(error: unknown): string {
  if (isMLError(error)) return `error ${error.code}: ${oneLine(error.message)}\n`
  const message = error instanceof Error ? error.message : String(error)
  return `error UNEXPECTED: ${oneLine(message)}; this is a fault of tfjs-serving: run again with --verbose and report it\n`
}

/** Stacks of the error and of what caused it. */
export function errorDetails(error: unknown): string {
  const parts: string[] = []
  let current = error
  for (let depth = 0; depth < maxCauses && current !== undefined && current !== null; depth++) {
    const text = current instanceof Error ? (current.stack ?? current.message) : String(current)
    parts.push(`${depth === 0 ? '' : 'caused by '}${text}\n`)
    current = current instanceof Error ? current.cause : undefined
  }
  return parts.join('').replace(otherControlCharacters, ' ')
}

export function oneLine(text: string): string {
  return text.replace(controlCharacters, ' ').trim()
}
