// An error of convertModel about an option of it in, the same about the flag that the option came from out.

import { createError, isMLError } from '../errors.ts'

/** An option or a part of it, as texts of convertModel name it. */
const option = /^option (?:gates\.)?([A-Za-z]\w*)((?:\.\w+)*)(?: of convertModel)?(?= must be\b)/

/** Other errors as they are. */
export function flagError(error: unknown): unknown {
  if (!isMLError(error) || error.code !== 'INPUT_INVALID') return error
  const message = error.message.replace(option, (_text, name: string, part: string) => `${flagOf(name)}${part}`)
  return message === error.message ? error : createError(error.code, message, { details: error.details, cause: error })
}

/** `maxSize` is `--max-size`. */
function flagOf(name: string): string {
  if (name === 'outDir') return '--out'
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}
