// Health of every model in; what the registry as a whole tells, and the text that Prometheus scrapes, out.

import type { HealthStatus } from '../observe/health.ts'
import { prometheusText } from '../observe/prometheus.ts'
import type { ModelHealth } from './model-health.ts'

export type RegistryHealth = {
  /** Unhealthy without a single usable model, degraded where any model is not healthy. */
  readonly status: HealthStatus
  readonly modelCount: number
  readonly models: Readonly<Record<string, ModelHealth>>
}

export function describeRegistry(entries: readonly (readonly [name: string, health: ModelHealth])[]): RegistryHealth {
  const statuses = entries.map(([, { status }]) => status)
  const isUsable = statuses.some((status) => status !== 'unhealthy')
  const status = !isUsable ? 'unhealthy' : statuses.every((one) => one === 'healthy') ? 'healthy' : 'degraded'
  return { status, modelCount: statuses.length, models: Object.fromEntries(entries) }
}

export function metricsText({ models }: RegistryHealth): string {
  return prometheusText(
    Object.values(models).map(({ model, status, versions }) => ({
      model,
      status,
      versions: versions.map(({ version, breaker, batching, stats }) => ({
        version,
        ...(breaker === undefined ? {} : { breaker }),
        ...(batching === undefined ? {} : { queuedRows: batching.queuedRows }),
        stats,
      })),
    })),
  )
}
