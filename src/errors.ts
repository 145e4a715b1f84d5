// One table of every error this library throws: stable code in; kind, HTTP status, retry and breaker behaviour out.

type ErrorTraits = {
  /** Name of the MLError subclass that carries this code. */
  readonly kind:
    | 'ModelLoadError'
    | 'ModelNotFoundError'
    | 'ModelValidationError'
    | 'PredictionError'
    | 'ConversionError'
  /** Status an HTTP server should answer with. */
  readonly httpStatus: number
  /** True where the same call may succeed later without any change by the caller. */
  readonly retryable: boolean
  /** True where a circuit breaker counts it against the model. */
  readonly countsAsModelFailure: boolean
  /**
   * False for what a service throws by the thousand when it has least time for it: a stack trace costs several times the
   * rest of such an error, and shows nothing but this library.
   */
  readonly hasStack: boolean
  /** One sentence for documentation. */
  readonly meaning: string
}

export const errorTable = {
  MODEL_NOT_FOUND: {
    kind: 'ModelNotFoundError',
    httpStatus: 404,
    retryable: false,
    countsAsModelFailure: false,
    hasStack: true,
    meaning: 'No model, version or alias of that name is known.',
  },
  MODEL_LOAD_FAILED: {
    kind: 'ModelLoadError',
    httpStatus: 503,
    retryable: true,
    countsAsModelFailure: true,
    hasStack: true,
    meaning: 'A known model could not be read or started, or another command works on its folder.',
  },
  CHECKSUM_MISMATCH: {
    kind: 'ModelLoadError',
    httpStatus: 503,
    retryable: false,
    countsAsModelFailure: true,
    hasStack: true,
    meaning: 'A file does not have the SHA-256 that its artifact, or the history of its model, states.',
  },
  VERSION_INCOMPATIBLE: {
    kind: 'ModelLoadError',
    httpStatus: 503,
    retryable: false,
    countsAsModelFailure: true,
    hasStack: true,
    meaning: 'The artifact was written by a newer, incompatible version of this library.',
  },
  VALIDATION_FAILED: {
    kind: 'ModelValidationError',
    httpStatus: 503,
    retryable: false,
    countsAsModelFailure: true,
    hasStack: true,
    meaning: 'The artifact, service.json or options contradict themselves or each other.',
  },
  ACCURACY_BELOW_FLOOR: {
    kind: 'ModelValidationError',
    httpStatus: 503,
    retryable: false,
    countsAsModelFailure: true,
    hasStack: true,
    meaning:
      'The accuracy measured at conversion is below the floor that service.json, or a gate of the conversion, demands.',
  },
  INPUT_INVALID: {
    kind: 'PredictionError',
    httpStatus: 400,
    retryable: false,
    countsAsModelFailure: false,
    hasStack: true,
    meaning: 'A row or an option does not fit what the model takes.',
  },
  QUEUE_FULL: {
    kind: 'PredictionError',
    httpStatus: 503,
    retryable: true,
    countsAsModelFailure: false,
    hasStack: false,
    meaning: 'The bounded queue of the model has no room for the row.',
  },
  DEADLINE_EXCEEDED: {
    kind: 'PredictionError',
    httpStatus: 504,
    retryable: true,
    countsAsModelFailure: false,
    hasStack: false,
    meaning: "The caller's timeoutMs passed before an answer was there.",
  },
  BREAKER_OPEN: {
    kind: 'PredictionError',
    httpStatus: 503,
    retryable: true,
    countsAsModelFailure: false,
    hasStack: false,
    meaning: 'The model failed repeatedly and is not asked until its circuit breaker half-opens.',
  },
  EXECUTION_FAILED: {
    kind: 'PredictionError',
    httpStatus: 500,
    retryable: true,
    countsAsModelFailure: true,
    hasStack: true,
    meaning: 'The backend threw, or answered with numbers that cannot be right.',
  },
  BACKEND_UNAVAILABLE: {
    kind: 'ModelLoadError',
    httpStatus: 503,
    retryable: false,
    countsAsModelFailure: true,
    hasStack: true,
    meaning: 'No usable backend: the named one is not there, or every candidate failed its self-check.',
  },
  NOT_SYNCHRONOUS: {
    kind: 'PredictionError',
    httpStatus: 501,
    retryable: false,
    countsAsModelFailure: false,
    hasStack: true,
    meaning: 'predictSync or runSync was called of a model that no kernel in this thread computes.',
  },
  OUT_OF_MEMORY: {
    kind: 'PredictionError',
    httpStatus: 503,
    retryable: true,
    countsAsModelFailure: true,
    hasStack: true,
    meaning: 'The backend has no memory for the model or the batch.',
  },
  CLOSED: {
    kind: 'PredictionError',
    httpStatus: 503,
    retryable: false,
    countsAsModelFailure: false,
    hasStack: true,
    meaning: 'The predictor or registry was closed.',
  },
  ALREADY_INITIALIZED: {
    kind: 'ModelValidationError',
    httpStatus: 500,
    retryable: false,
    countsAsModelFailure: false,
    hasStack: true,
    meaning: 'The shared registry exists already, with other options.',
  },
  FORMAT_UNKNOWN: {
    kind: 'ConversionError',
    httpStatus: 400,
    retryable: false,
    countsAsModelFailure: false,
    hasStack: true,
    meaning: 'The bytes are of no format that can be converted.',
  },
  FILE_CORRUPT: {
    kind: 'ConversionError',
    httpStatus: 400,
    retryable: false,
    countsAsModelFailure: false,
    hasStack: true,
    meaning: 'The file breaks the rules of its own format.',
  },
  LIMIT_EXCEEDED: {
    kind: 'ConversionError',
    httpStatus: 413,
    retryable: false,
    countsAsModelFailure: false,
    hasStack: true,
    meaning: 'The input is larger, deeper or longer than a named limit allows, or a converted model than a gate.',
  },
  UNSAFE_CONTENT: {
    kind: 'ConversionError',
    httpStatus: 400,
    retryable: false,
    countsAsModelFailure: false,
    hasStack: true,
    meaning: 'The file asks for code to be run; nothing was run.',
  },
  UNSUPPORTED: {
    kind: 'ConversionError',
    httpStatus: 400,
    retryable: false,
    countsAsModelFailure: false,
    hasStack: true,
    meaning: 'A part or parameter of the source model is not supported, or no method explains the model.',
  },
  PARITY_FAILED: {
    kind: 'ConversionError',
    httpStatus: 422,
    retryable: false,
    countsAsModelFailure: false,
    hasStack: true,
    meaning: "The converted model's answers differ from the source's by more than the tolerance, or a gate, allows.",
  },
} as const satisfies Record<string, ErrorTraits>

/** Stable identifier of a failure; texts may change, codes never change meaning. */
export type ErrorCode = keyof typeof errorTable

export type MLErrorOptions = {
  readonly cause?: unknown
  /** True where a rule-based fallback could have answered instead. @default false */
  readonly fallbackAvailable?: boolean
  /** Machine-readable facts: model, row, feature, byteOffset, report, … */
  readonly details?: Readonly<Record<string, unknown>>
  /** How long to wait before a retry makes sense, in milliseconds. */
  readonly retryAfterMs?: number
}

/** Base of every error that this library throws, save an abort, which is rethrown as `signal.reason`. */
export class MLError extends Error {
  readonly code: ErrorCode
  readonly retryable: boolean
  readonly fallbackAvailable: boolean
  readonly details: Readonly<Record<string, unknown>>
  readonly retryAfterMs: number | undefined

  constructor(code: ErrorCode, message: string, options: MLErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = errorTable[code].kind
    this.code = code
    this.retryable = errorTable[code].retryable
    this.fallbackAvailable = options.fallbackAvailable ?? false
    this.details = options.details ?? {}
    this.retryAfterMs = options.retryAfterMs
  }

  get httpStatus(): number {
    return errorTable[this.code].httpStatus
  }

  toJSON(): { code: ErrorCode; message: string } {
    return { code: this.code, message: this.message }
  }
}

export class ModelLoadError extends MLError {}
export class ModelNotFoundError extends MLError {}
/** Also a load error: whoever catches those gets the model that failed its checks too. */
export class ModelValidationError extends ModelLoadError {}
export class PredictionError extends MLError {}
export class ConversionError extends MLError {}

const classOfKind = { ModelLoadError, ModelNotFoundError, ModelValidationError, PredictionError, ConversionError }

/** An error of the class that the table gives for `code`. */
export function createError(code: ErrorCode, message: string, options?: MLErrorOptions): MLError {
  const { kind, hasStack } = errorTable[code]
  return hasStack
    ? new classOfKind[kind](code, message, options)
    : withoutStack(() => new classOfKind[kind](code, message, options))
}

function withoutStack<Made>(make: () => Made): Made {
  const limit = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit')
  // not there in other engines, frozen in hardened realms
  if (limit?.writable !== true) return make()
  Error.stackTraceLimit = 0
  try {
    return make()
  } finally {
    Error.stackTraceLimit = limit.value as number
  }
}

export function isMLError(value: unknown): value is MLError {
  return value instanceof MLError
}
