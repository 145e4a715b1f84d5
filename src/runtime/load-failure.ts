// Whatever stopped a load in; the error that callers of the model get, which says whether a rule can answer instead, out.

import { createError, isMLError, type MLError } from '../errors.ts'

/** Whatever a load throws is this model's own failure: the others are served. */
export function asLoadError(thrown: unknown, name: string): MLError {
  if (isMLError(thrown)) return thrown
  const reason = thrown instanceof Error ? thrown.message : String(thrown)
  return createError('MODEL_LOAD_FAILED', `cannot load ${name}: ${reason}`, { cause: thrown })
}

/** A version that is right, and still cannot take over the batches of the one that answers. */
export function warmUpFailed({ name, version }: { readonly name: string; readonly version: string }, cause: unknown) {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return createError(
    'MODEL_LOAD_FAILED',
    `${name}@${version} cannot run batches of the sizes in use: ${reason}; the former version goes on`,
    { cause, details: { model: name, version } },
  )
}

export function withFallbackFlag(error: MLError, fallbackAvailable: boolean): MLError {
  if (error.fallbackAvailable === fallbackAvailable) return error
  const { code, message, details, cause } = error
  return createError(code, message, { details, cause, fallbackAvailable })
}
