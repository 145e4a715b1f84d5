// An error in, the exit code of the process out: 1 where a check said no, 2 where the call or its input was wrong.

import { type ErrorCode, isMLError } from '../errors.ts'

export const exitCodes = { done: 0, checkFailed: 1, wrongUse: 2, interrupted: 130 } as const

/** Codes by which the product says no to a model that it could read; all others mean that there was nothing to judge. */
const isFailedCheck = {
  MODEL_NOT_FOUND: false,
  MODEL_LOAD_FAILED: false,
  CHECKSUM_MISMATCH: false,
  VERSION_INCOMPATIBLE: false,
  VALIDATION_FAILED: false,
  ACCURACY_BELOW_FLOOR: true,
  INPUT_INVALID: false,
  QUEUE_FULL: false,
  DEADLINE_EXCEEDED: false,
  BREAKER_OPEN: false,
  EXECUTION_FAILED: false,
  BACKEND_UNAVAILABLE: false,
  NOT_SYNCHRONOUS: false,
  OUT_OF_MEMORY: false,
  CLOSED: false,
  ALREADY_INITIALIZED: false,
  FORMAT_UNKNOWN: false,
  FILE_CORRUPT: false,
  LIMIT_EXCEEDED: false,
  UNSAFE_CONTENT: false,
  UNSUPPORTED: false,
  PARITY_FAILED: true,
} as const satisfies Record<ErrorCode, boolean>

export function exitCodeOf(error: unknown): number {
  if (!isMLError(error)) return exitCodes.wrongUse
  // a gate says no whatever it is about; one of bytes has a code that elsewhere is about the input
  const isMissedGate = error.details['missedGates'] !== undefined
  return isFailedCheck[error.code] || isMissedGate ? exitCodes.checkFailed : exitCodes.wrongUse
}
