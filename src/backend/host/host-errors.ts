// What went wrong in or with a host process in, the MLError for it, or its flat form on the way between processes, out.

import { createError, type ErrorCode, errorTable, isMLError, type MLError } from '../../errors.ts'
import type { HostedName, HostError } from './host-protocol.ts'

/** `code` is for what is no MLError. */
export function flattenError(error: unknown, code: ErrorCode): HostError {
  const message = error instanceof Error ? error.message : String(error)
  const cause = error instanceof Error && error.cause !== undefined ? { cause: textOf(error.cause) } : {}
  if (!isMLError(error)) return { code, message, ...cause }
  return { code: error.code, message, details: plainDetails(error.details), ...cause }
}

/** Says that a backend has no host, and why. */
export function noHost(name: HostedName, what: string, reason: string, cause?: unknown): MLError {
  return createError('BACKEND_UNAVAILABLE', `backend ${name} ${what}: ${reason}`, {
    cause,
    details: { backend: name, reason },
  })
}

/** What models hear whose host will be tried again for them. */
export function restingFor(error: MLError, restMs: number): MLError {
  const { code, message, details, cause } = error
  const plan = `it is tried again by itself after ${restMs / 1000} s, and then less often; if that does not help, serve its models on another backend`
  return createError(code, `${message}; ${plan}`, { details, cause, retryAfterMs: restMs })
}

/** The same, with what is left of the wait. */
export function refusedFor(error: MLError, retryAfterMs: number): MLError {
  const { code, message, details, cause } = error
  return createError(code, message, { details, cause, retryAfterMs })
}

export function lostTwice(name: HostedName, purpose: string, reason: string): MLError {
  return noHost(name, `was lost twice while it should ${purpose}`, reason)
}

/** What a batch fails with whose model a new host could not load: a model that ran before is right, so the host is not. */
export function notLoadedAgain(name: HostedName, purpose: string, error: MLError): MLError {
  if (error.code === 'OUT_OF_MEMORY' || error.code === 'BACKEND_UNAVAILABLE') return error
  return noHost(name, `could not ${purpose}, since a new process did not load the model again`, error.message, error)
}

/** Says that one call failed while others may go on. */
export function couldNot(
  name: HostedName,
  code: 'EXECUTION_FAILED' | 'MODEL_LOAD_FAILED',
  purpose: string,
  reason: string,
  cause?: unknown,
): MLError {
  const details = { backend: name, reason }
  return createError(code, `backend ${name} could not ${purpose}: ${reason}`, { cause, details })
}

export function rebuildError({ code, message, details, cause }: HostError): MLError {
  return createError(isErrorCode(code) ? code : 'EXECUTION_FAILED', message, { details, cause })
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorTable, code)
}

export function textOf(cause: unknown): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
}

/** Details are facts; what structured cloning does not take (a function, a handle) goes as its text. */
function plainDetails(details: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(details).map(([key, value]) => [key, isCloneable(value) ? value : textOf(value)]),
  )
}

function isCloneable(value: unknown): boolean {
  try {
    structuredClone(value)
    return true
  } catch {
    return false
  }
}
