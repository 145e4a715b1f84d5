// Requests and batches in; OpenTelemetry's spans of them out, where somebody records them, without any value of a row.

import { errorTable, isMLError } from '../errors.ts'

/** The parts of @opentelemetry/api 1.x that are used; a provider of its SDKs fits as it is. */
export interface TracerProvider {
  getTracer(name: string, version?: string): Tracer
}

export interface Tracer {
  startSpan(name: string, options?: SpanOptions, context?: object): Span
}

export type SpanOptions = {
  readonly root?: boolean
  readonly links?: readonly { readonly context: object }[]
  readonly attributes?: SpanAttributes
}

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>

export interface Span {
  spanContext(): object
  /** False for one that nobody sampled. */
  isRecording(): boolean
  setAttributes(attributes: SpanAttributes): unknown
  setStatus(status: { readonly code: number }): unknown
  end(): void
}

export type OpenTelemetryApi = {
  readonly context: { active(): object; with<Result>(context: object, work: () => Result): Result }
  readonly trace: {
    getTracerProvider(): TracerProvider & { getDelegateTracer?(name: string): Tracer | undefined }
    setSpan(context: object, span: Span): object
  }
}

export type Tracing = {
  /** A span of a call of predict or predictBatch; undefined where nobody records any. */
  startRequest(model: string, rowCount: number, requestId: string | undefined): Span | undefined
  /** What `work` starts becomes a part of `span`. */
  within<Result>(span: Span, work: () => Result): Result
  /** A span of a batch: part of the one request that it has, or linked to each of them. */
  startBatch(model: string, requests: readonly Span[], attributes: SpanAttributes): Span | undefined
}

export type TracingOptions = {
  /** @default the application's */
  readonly provider?: TracerProvider
  /** Undefined where it is not installed: then spans of batches are linked to requests instead of being parts of them. */
  readonly api?: OpenTelemetryApi
}

const libraryName = 'tfjs-serving'

/** SpanStatusCode.ERROR of the API. */
const errorStatus = 2

/** Links that an SDK keeps of a span, unless it is told otherwise (OTEL_SPAN_LINK_COUNT_LIMIT). */
const mostLinks = 128

export function createTracing({ provider, api }: TracingOptions): Tracing {
  let tracer = provider?.getTracer(libraryName)

  /** An application may register its provider at any time; until then the API's own tracer makes spans for nobody. */
  function find(): Tracer | undefined {
    if (tracer !== undefined || api === undefined) return tracer
    const registered = api.trace.getTracerProvider()
    tracer =
      registered.getDelegateTracer === undefined
        ? registered.getTracer(libraryName)
        : registered.getDelegateTracer(libraryName)
    return tracer
  }

  return {
    startRequest(model, rowCount, requestId) {
      const found = find()
      if (found === undefined) return undefined
      const attributes = {
        'tfjs_serving.model': model,
        'tfjs_serving.rows': rowCount,
        ...(requestId === undefined ? {} : { 'tfjs_serving.request_id': requestId }),
      }
      return found.startSpan(`predict ${model}`, { attributes })
    },
    within: (span, work) =>
      api === undefined ? work() : api.context.with(api.trace.setSpan(api.context.active(), span), work),
    startBatch(model, requests, attributes) {
      const name = `run ${model}`
      const [first] = requests
      if (api !== undefined && requests.length === 1)
        return find()?.startSpan(name, { attributes }, api.trace.setSpan(api.context.active(), first))
      const links = requests.slice(0, mostLinks).map((span) => ({ context: span.spanContext() }))
      return find()?.startSpan(name, { root: true, links, attributes })
    },
  }
}

/** Ends a span as failed: by the code alone, since texts of errors may quote a row. A caller's fault is no error of the span. */
export function endFailed(span: Span, error: unknown, isAborted: boolean): void {
  const code = isMLError(error) ? error.code : undefined
  span.setAttributes({ 'error.type': code ?? (isAborted ? 'aborted' : 'EXECUTION_FAILED') })
  const isFault = code === undefined ? !isAborted : errorTable[code].httpStatus >= 500
  if (isFault) span.setStatus({ code: errorStatus })
  span.end()
}
