// What callers write to name a model in, name and version or alias out.

import { createError } from '../errors.ts'

export type ModelRef = {
  readonly name: string
  /** Version or alias; undefined for the active one. */
  readonly selector: string | undefined
}

/** Reads `name`, `name@2.1.0` or `name@alias`. @throws INPUT_INVALID where it is none of these */
export function parseModelRef(text: string): ModelRef {
  if (typeof text !== 'string' || !/^[^@]+(@[^@]+)?$/.test(text))
    throw createError('INPUT_INVALID', `expected a model as 'name', 'name@2.1.0' or 'name@alias', got ${String(text)}`)
  const [name, selector] = text.split('@')
  return { name, selector }
}
