// The bytes of a zip archive in; whether skops wrote it out.

import { isMLError } from '../../../src/errors.ts'
import { openZip } from './zip-parts.ts'

/** True where the archive has the description that skops begins with; what else it holds is not looked at. */
export function isSkops(bytes: Uint8Array): boolean {
  try {
    return openZip(bytes, { left: 0 }).names.has('schema.json')
  } catch (error) {
    if (isMLError(error)) return false // its own reader, or the list of formats, says what is wrong
    throw error
  }
}
