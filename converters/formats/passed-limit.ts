// A limit of a reader and what a file holds in, the error that says which limit was passed out.

import { createError, type MLError } from '../../src/errors.ts'

/** `subject` is what was read, such as `the XGBoost file`; `advice` says why no real one is so large and what to do. */
export function passedLimit<Name extends string>(
  subject: string,
  limits: Readonly<Record<Name, number>>,
  { limit, found, advice }: { readonly limit: Name; readonly found: number; readonly advice: string },
): MLError {
  const allowed = limits[limit]
  return createError(
    'LIMIT_EXCEEDED',
    `${subject} passes the limit ${limit}: at most ${allowed} allowed, found ${found}. ${advice}`,
    { details: { limit, allowed, found } },
  )
}
