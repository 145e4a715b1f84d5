// Options as a user gave them and the names that there are in; nothing, or an error that names what is misspelt, out.

import { createError, type MLError } from '../errors.ts'
import { nameHint } from '../rows/nearest-name.ts'
import { shownValue } from '../rows/shown-value.ts'

/** Every name of `Options` once, so that none is forgotten where a type grows. */
export type OptionNames<Options> = Readonly<Record<keyof Required<Options> & string, true>>

/**
 * A misspelt option would silently be the default.
 * @param where the option that holds them; empty for those of the call itself
 * @throws VALIDATION_FAILED for what is no object, or has a name that is not known
 */
export function assertKnownOptions(where: string, options: unknown, known: Readonly<Record<string, true>>): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw createError(
      'VALIDATION_FAILED',
      `${where === '' ? 'options' : `option ${where}`}: expected an object, got ${shownValue(options)}`,
      { details: { option: where } },
    )
  for (const name of Object.keys(options)) if (!Object.hasOwn(known, name)) throw unknownOption(where, name, known)
}

function unknownOption(where: string, name: string, known: Readonly<Record<string, true>>): Error {
  const option = where === '' ? name : `${where}.${name}`
  return createError(
    'VALIDATION_FAILED',
    `option ${option}: there is no such option; ${nameHint(name, Object.keys(known))}`,
    { details: { option } },
  )
}

/** An option whose value cannot be. */
export function wrongOption(option: string, expected: string, got: unknown): MLError {
  return createError('VALIDATION_FAILED', `option ${option}: expected ${expected}, got ${shownValue(got)}`, {
    details: { option },
  })
}
