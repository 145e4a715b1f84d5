// A text that should be JSON in, its value out, or an INPUT_INVALID error that says where it breaks off and what to do.

import { createError } from '../../errors.ts'
import { oneLine } from '../error-text.ts'

/** @throws INPUT_INVALID */
export function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    // Python's json.dumps writes these where values are missing
    const advice = /[[:,]\s*(NaN|-?Infinity)\b/.test(text) ? '; NaN and Infinity are no JSON: write null' : ''
    throw createError('INPUT_INVALID', `${place}: expected JSON: ${oneLine((cause as Error).message)}${advice}`, {
      cause,
    })
  }
}
