// The outermost stage of a prediction: counts, times, tells and logs what becomes of each row.

import { rejectSoon } from '../batching/reject-soon.ts'
import { type ErrorCode, isMLError, type MLError } from '../errors.ts'
import { isHeard, type Publish } from '../observe/channels.ts'
import type { Clock } from '../observe/clock.ts'
import type { LoggedRequest, RequestLog } from '../observe/request-log.ts'
import { endFailed, type Span, type SpanAttributes, type Tracing } from '../observe/tracing.ts'
import type { Prediction } from '../rows/prediction.ts'
import { isAborted, requestIdOf } from './predict-options.ts'
import { type EndedRow, predictionMessage } from './prediction-message.ts'
import type { EngineState, Handler, PredictionRequest, Stage } from './request.ts'

export type ObservedOptions = {
  readonly model: string
  readonly clock: Clock
  readonly publish: Publish
  /** Undefined where nobody reads it. */
  readonly log: RequestLog | undefined
  /** Undefined where nobody could record spans. */
  readonly tracing: Tracing | undefined
  /** Why a request is refused before anything else is done for it. */
  readonly refusalOf?: RefusalOf
}

export type RefusalOf = (request: PredictionRequest, nowMs: number) => MLError | undefined

/** Counts and times every request for the version that had it, whatever becomes of it. */
export function observed({ model, clock, publish, log, tracing, refusalOf }: ObservedOptions): Stage {
  const tellFailure = (request: PredictionRequest, error: unknown, startedAt: number, nowMs: number): void => {
    const code = codeOf(request, error)
    if (code === undefined) request.stats.recordAbort(nowMs)
    else request.stats.recordError(code, nowMs)
    if (isHeard(publish, 'prediction')) {
      const ended = endedRow(model, request, nowMs - startedAt)
      publish('prediction', predictionMessage(ended, { code }))
    }
    if (code !== undefined) log?.failed(loggedRequest(request), error)
  }

  return (next) => (request) => {
    const startedAt = clock.now()
    const refusal = tracing === undefined ? refusalOf?.(request, startedAt) : undefined
    if (refusal !== undefined) {
      tellFailure(request, refusal, startedAt, startedAt)
      return rejectSoon(refusal)
    }
    const answer = tracing === undefined ? next(request) : traced(tracing, model, request, next)
    // no rethrow: in overload rows fail by the thousand, and it is dearer than a call of reject
    return new Promise((resolve, reject) => {
      void answer.then(
        (prediction) => {
          const nowMs = clock.now()
          const { source } = prediction
          request.stats.recordAnswer(source, nowMs - startedAt, nowMs)
          if (isHeard(publish, 'prediction')) {
            publish('prediction', predictionMessage(endedRow(model, request, nowMs - startedAt), { source }))
          }
          if (source === 'fallback') log?.fellBack(loggedRequest(request), prediction)
          resolve(prediction)
        },
        (error: unknown) => {
          tellFailure(request, error, startedAt, clock.now())
          reject(error as Error)
        },
      )
    })
  }
}

/** Rows of a batch share its caller's span, which is there already. */
function traced(tracing: Tracing, model: string, request: PredictionRequest, next: Handler): Promise<Prediction> {
  if (request.span !== undefined || request.rowIndex !== undefined) return next(request)
  const span = tracing.startRequest(model, 1, requestIdOf(request.options))
  if (span === undefined) return next(request)
  request.span = span
  const answer = tracing.within(span, () => next(request))
  void answer.then(
    ({ source }) => {
      if (span.isRecording()) span.setAttributes({ ...versionAttribute(request), 'tfjs_serving.source': source })
      span.end()
    },
    (error: unknown) => {
      span.setAttributes(versionAttribute(request))
      endFailed(span, error, codeOf(request, error) === undefined)
    },
  )
  return answer
}

/** The span of a predictBatch ends with its answers. */
export async function endingWith(
  answers: Promise<(Prediction | MLError)[]>,
  span: Span,
  state: EngineState,
): Promise<(Prediction | MLError)[]> {
  if (state.kind === 'loaded') span.setAttributes({ 'tfjs_serving.version': state.engine.version })
  try {
    const entries = await answers
    span.setAttributes({ 'tfjs_serving.failed_rows': entries.filter(isMLError).length })
    span.end()
    return entries
  } catch (error) {
    endFailed(span, error, !isMLError(error))
    throw error
  }
}

function versionAttribute(request: PredictionRequest): SpanAttributes {
  const version = versionOf(request)
  return version === null ? {} : { 'tfjs_serving.version': version }
}

/** Undefined for a caller who left; what should never be thrown counts against the model. */
function codeOf({ options, signal }: PredictionRequest, error: unknown): ErrorCode | undefined {
  if (isMLError(error)) return error.code
  return signal?.aborted === true || isAborted(options) ? undefined : 'EXECUTION_FAILED'
}

function endedRow(model: string, request: PredictionRequest, latencyMs: number): EndedRow {
  return { model, version: versionOf(request), latencyMs, requestId: requestIdOf(request.options) }
}

function loggedRequest(request: PredictionRequest): LoggedRequest {
  const { state, row, rowIndex } = request
  const featureNames = state.kind === 'loaded' ? state.engine.schema.features.map(({ name }) => name) : []
  return { requestId: requestIdOf(request.options), version: versionOf(request), rowIndex, row, featureNames }
}

function versionOf({ state }: PredictionRequest): string | null {
  return state.kind === 'loaded' ? state.engine.version : null
}
