// Spans as they end in a list out: what @opentelemetry/api 1.9.1 and its SDK 2.12.1, tried by hand, do with what is used of them.

import { AsyncLocalStorage } from 'node:async_hooks'
import type { OpenTelemetryApi, Span, SpanAttributes, SpanOptions, TracerProvider } from '../../src/observe/tracing.ts'

export type EndedSpan = {
  readonly name: string
  readonly id: number
  /** Id of the span that it is a part of. */
  readonly parent: number | undefined
  readonly links: readonly number[]
  readonly attributes: Readonly<Record<string, unknown>>
  readonly statusCode: number
}

type Context = { readonly span?: Span }

const root: Context = {}

/** `api` hears of the provider once `register` is called, as with the real one. */
export function createStandInTracing({ isSampled = true }: { isSampled?: boolean } = {}) {
  const ended: EndedSpan[] = []
  const active = new AsyncLocalStorage<Context>()
  const ids = new WeakMap<object, number>()
  let spanCount = 0
  const idOf = (context: object): number => ids.get(context) ?? NaN

  function startSpan(name: string, options: SpanOptions = {}, context?: object): Span {
    const around = (context ?? active.getStore() ?? root) as Context
    const parent = options.root === true ? undefined : around.span
    const attributes: Record<string, unknown> = { ...options.attributes }
    const spanContext = {}
    const id = ++spanCount
    ids.set(spanContext, id)
    let statusCode = 0
    let isEnded = false
    return {
      spanContext: () => spanContext,
      isRecording: () => isSampled && !isEnded,
      setAttributes: (more: SpanAttributes) => void (isEnded ? undefined : Object.assign(attributes, more)),
      setStatus: ({ code }) => void (statusCode = code),
      end() {
        if (isEnded) throw new Error(`${name} ended twice`)
        isEnded = true
        const links = (options.links ?? []).map((link) => idOf(link.context))
        if (isSampled)
          ended.push({ name, id, parent: parent && idOf(parent.spanContext()), links, attributes, statusCode })
      },
    }
  }

  const provider: TracerProvider = { getTracer: () => ({ startSpan }) }
  let registered: TracerProvider | undefined
  const nothing: Span = {
    spanContext: () => ({}),
    isRecording: () => false,
    setAttributes: () => undefined,
    setStatus: () => undefined,
    end: () => undefined,
  }
  const api: OpenTelemetryApi = {
    context: {
      active: () => active.getStore() ?? root,
      with: (context, work) => active.run(context as Context, work),
    },
    trace: {
      getTracerProvider: () => ({
        getTracer: () => ({ startSpan: () => nothing }),
        getDelegateTracer: () => registered?.getTracer('tfjs-serving'),
      }),
      setSpan: (context, span): Context => ({ ...context, span }),
    },
  }
  return { api, provider, ended, startSpan, register: () => void (registered = provider), spanCount: () => spanCount }
}
