// Health of every model in; the specification's performance summary out.

import type { ModelHealth } from './model-health.ts'

export type ModelPerformance = {
  readonly totalPredictions: number
  readonly meanMs: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly cacheHitRate: number
  readonly meanBatchRows: number
  readonly errorRate: number
  /** Whether p95 is within the model's target; null where it has none. */
  readonly isTargetMet: boolean | null
}

export type PerformanceSummary = {
  readonly totalPredictions: number
  /** Models that answered at least one row. */
  readonly models: Readonly<Record<string, ModelPerformance>>
  readonly cache: { readonly lookups: number; readonly hitRate: number }
}

export function describePerformance(health: Readonly<Record<string, ModelHealth>>): PerformanceSummary {
  const busy = Object.entries(health).filter(([, { stats }]) => stats.successes > 0)
  const hits = busy.reduce((sum, [, { stats }]) => sum + stats.cache.hits, 0)
  const lookups = busy.reduce((sum, [, { stats }]) => sum + stats.cache.hits + stats.cache.misses, 0)
  return {
    totalPredictions: busy.reduce((sum, [, { stats }]) => sum + stats.successes, 0),
    models: Object.fromEntries(busy.map(([name, model]) => [name, describeModel(model)])),
    cache: { lookups, hitRate: lookups === 0 ? 0 : hits / lookups },
  }
}

function describeModel({ stats, latencyTargetMs }: ModelHealth): ModelPerformance {
  const { mean, p50, p95, p99 } = stats.latencyMs
  return {
    totalPredictions: stats.successes,
    meanMs: mean,
    p50Ms: p50,
    p95Ms: p95,
    p99Ms: p99,
    cacheHitRate: stats.cache.hitRate,
    meanBatchRows: stats.meanBatchRows,
    errorRate: stats.errorRate,
    isTargetMet: latencyTargetMs === undefined ? null : p95 <= latencyTargetMs,
  }
}
