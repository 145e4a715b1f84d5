// A realm and the option `tracing` in; the realm with OpenTelemetry's spans, where the application has its API, out.

import { isNode } from '../backend/host/is-node.ts'
import { createTracing, type OpenTelemetryApi, type TracerProvider } from '../observe/tracing.ts'
import type { Platform } from './platform.ts'

/** Elsewhere than in Node it is `provider` alone that traces: a browser has no packages to look for. */
export async function withTracing(platform: Platform, option: boolean | TracerProvider): Promise<Platform> {
  if (option === false || platform.tracing !== undefined) return platform
  const api = isNode() ? await importApi() : undefined
  if (option === true) return api === undefined ? platform : { ...platform, tracing: createTracing({ api }) }
  return { ...platform, tracing: createTracing({ provider: option, ...(api === undefined ? {} : { api }) }) }
}

/** An optional package of the application: most have none. */
async function importApi(): Promise<OpenTelemetryApi | undefined> {
  try {
    return (await import('@opentelemetry/api')) as unknown as OpenTelemetryApi
  } catch {
    return undefined
  }
}
