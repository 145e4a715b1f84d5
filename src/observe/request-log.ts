// Requests that failed or that a rule answered in; lines of the user's log without any value of a row out, few where many are alike.

import { type ErrorCode, errorTable, isMLError, type MLError } from '../errors.ts'
import type { Prediction } from '../rows/prediction.ts'
import type { Clock } from './clock.ts'
import { type Logger, silentLogger } from './logger.ts'

/** Between two lines about a model with the same code: in overload a line a row would cost more than the rows. */
const quietMs = 1_000

type Level = 'info' | 'warn' | 'error'

export type LoggedRequest = {
  readonly requestId: string | undefined
  /** That had the row; null where none was loaded. */
  readonly version: string | null
  /** Position in the caller's batch. */
  readonly rowIndex: number | undefined
  readonly row: unknown
  /** Names that a line may tell; others may be anything a caller wrote. */
  readonly featureNames: readonly string[]
}

export type RequestLog = {
  /** `error`: an MLError, or what should not have been thrown at all; not for aborts, which are the caller's own. */
  failed(request: LoggedRequest, error: unknown): void
  /** A rule answered since the model could not. */
  fellBack(request: LoggedRequest, prediction: Prediction): void
}

export type RequestLogOptions = {
  readonly model: string
  readonly logger: Logger
  readonly clock: Clock
  /** Whether lines hold the row, and errors as they are, whose texts quote values. @default false */
  readonly logRows?: boolean
}

type Repeats = { lastAtMs: number; suppressed: number }

/** @returns undefined where nobody reads the log, so that it costs nothing */
export function createRequestLog({ model, logger, clock, logRows = false }: RequestLogOptions): RequestLog | undefined {
  if (logger === silentLogger) return undefined
  const repeats = new Map<string, Repeats>()

  /** How many lines like this one were left out before it; undefined where it is left out itself. */
  function turn(key: string): number | undefined {
    const nowMs = clock.now()
    const found = repeats.get(key)
    if (found === undefined) {
      repeats.set(key, { lastAtMs: nowMs, suppressed: 0 })
      return 0
    }
    if (nowMs - found.lastAtMs < quietMs) {
      found.suppressed++
      return undefined
    }
    const { suppressed } = found
    found.lastAtMs = nowMs
    found.suppressed = 0
    return suppressed
  }

  function write(level: Level, request: LoggedRequest, { code, message, facts }: Line): void {
    const suppressed = turn(`${message} ${code}`)
    if (suppressed === undefined) return
    const { requestId, version, rowIndex, row } = request
    logger[level](
      {
        ...(requestId === undefined ? {} : { requestId }),
        model,
        version,
        code,
        ...(rowIndex === undefined ? {} : { row: rowIndex }),
        ...facts(),
        ...(suppressed === 0 ? {} : { suppressed }),
        ...(logRows ? { values: row } : {}),
      },
      message,
    )
  }

  return {
    failed(request, error) {
      const code = isMLError(error) ? error.code : 'EXECUTION_FAILED'
      const facts = () => (logRows ? { err: error } : factsOf(error, request.featureNames))
      write(levelOf(code), request, { code, message: 'prediction failed', facts })
    },
    fellBack(request, { rule, reason = 'EXECUTION_FAILED' }) {
      const code = Object.hasOwn(errorTable, reason) ? (reason as ErrorCode) : 'EXECUTION_FAILED'
      write(levelOf(code), request, {
        code,
        message: 'a rule answered in place of the model',
        facts: () => ({ rule, reason: errorTable[code].meaning }),
      })
    },
  }
}

type Line = { readonly code: string; readonly message: string; readonly facts: () => object }

/** The caller's fault is nobody's alarm; what the model did wrong is. */
function levelOf(code: ErrorCode): Level {
  const { httpStatus, countsAsModelFailure } = errorTable[code]
  return countsAsModelFailure ? 'error' : httpStatus < 500 ? 'info' : 'warn'
}

function factsOf(error: unknown, featureNames: readonly string[]): object {
  if (!isMLError(error)) return { reason: `unexpected ${error instanceof Error ? error.name : typeof error}` }
  const { feature } = error.details ?? {}
  return {
    reason: reasonOf(error),
    ...(typeof feature === 'string' && featureNames.includes(feature) ? { feature } : {}),
  }
}

/** Texts about rows quote them, and so may those of rules. */
function reasonOf(error: MLError): string {
  const { cause } = error
  if (error.code === 'INPUT_INVALID') return errorTable[error.code].meaning
  if (!(cause instanceof AggregateError)) return error.message
  const [failure] = cause.errors as readonly unknown[]
  return `${isMLError(failure) ? failure.message : errorTable[error.code].meaning}; and its fallback rule failed`
}
