// What is wrong with a skops file in; the error that says so out.

import { createError, type MLError } from '../../../src/errors.ts'

const again = 'Save it again by skops.io.dump'

/** @param part of the file, such as `schema.json` or the path of a node */
export function skopsCorrupt(part: string, what: string, cause?: unknown): MLError {
  return createError('FILE_CORRUPT', `the skops file is broken: ${part.slice(0, 120)}: ${what}. ${again}`, {
    cause,
    details: { part },
  })
}

export function skopsUnsupported(part: string, what: string, instead = 'Save the model by joblib.dump'): MLError {
  return createError('UNSUPPORTED', `the skops file: ${part.slice(0, 120)}: ${what} is not supported. ${instead}`, {
    details: { part },
  })
}

export function skopsUnsafe(part: string, what: string): MLError {
  return createError(
    'UNSAFE_CONTENT',
    `the skops file was refused and nothing in it was run: ${part.slice(0, 120)}: ${what}.`,
    {
      details: { part },
    },
  )
}
