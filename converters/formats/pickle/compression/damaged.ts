// The name of a compression and what is wrong in; the error that says so out.

import { createError, type MLError } from '../../../../src/errors.ts'

/** What to do about a damaged file. */
export const saveAgain = 'Copy the file again, or save the model again.'

/** FILE_CORRUPT: a compressed stream that no program wrote so. */
export function damaged(compression: string, what: string, cause?: unknown): MLError {
  return createError('FILE_CORRUPT', `The ${compression} stream is damaged: ${what}. ${saveAgain}`, {
    cause,
    details: { compression },
  })
}

/** UNSUPPORTED: a part of the format that joblib never writes. */
export function unreadPart(compression: string, part: string): MLError {
  return createError(
    'UNSUPPORTED',
    `The file is packed as ${compression} with ${part}, which is not read. Load it in Python and dump it again: joblib.dump(model, path, compress=3).`,
    { details: { compression } },
  )
}
