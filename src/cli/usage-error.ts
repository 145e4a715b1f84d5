// Something a person wrote wrongly on the command line in, an INPUT_INVALID error out.

import { createError, type MLError } from '../errors.ts'

export function usageError(message: string, cause?: unknown): MLError {
  return createError('INPUT_INVALID', message, cause === undefined ? {} : { cause })
}

/** A whole number of at least 1, as options such as --batch take it. @throws INPUT_INVALID */
export function parseCount(option: string): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : 0
    if (value < 1) throw usageError(`${option}: expected a whole number of at least 1, got '${text}'`)
    return value
  }
}
