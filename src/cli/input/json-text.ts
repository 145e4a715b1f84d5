// A text that should be JSON in, its value out, or an INPUT_INVALID error that says where it breaks off.

import { createError } from '../../errors.ts'
import { parsePythonJson } from '../../rows/python-json.ts'
import { oneLine } from '../error-text.ts'

/** @throws INPUT_INVALID */
export function parseJson(text: string, place: string): unknown {
  try {
    return parsePythonJson(text)
  } catch (cause) {
    throw createError('INPUT_INVALID', `${place}: expected JSON: ${oneLine((cause as Error).message)}`, { cause })
  }
}
