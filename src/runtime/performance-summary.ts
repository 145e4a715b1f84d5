// Health of every model in; the specification's performance summary out, per model and version and in all.

import { type BatchStage, batchStages, type ModelStatsSnapshot } from '../observe/version-stats.ts'
import type { ModelHealth } from './model-health.ts'

export type VersionPerformance = {
  /** Rows that were answered. */
  readonly totalPredictions: number
  readonly meanMs: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly cacheHitRate: number
  readonly meanBatchRows: number
  readonly errorRate: number
}

export type ModelPerformance = VersionPerformance & {
  /** Whether p95 is within the model's target; null where it has none. */
  readonly isTargetMet: boolean | null
  /** Parts of a batch's time: waiting, encoding, in the backend, decoding. */
  readonly stages: Readonly<Record<BatchStage, { readonly meanMs: number; readonly p95Ms: number }>>
  /** Versions that answered at least one row; '' where no version was loaded. */
  readonly versions: Readonly<Record<string, VersionPerformance>>
}

export type PerformanceSummary = {
  readonly totalPredictions: number
  /** errors ÷ (successes + errors) of all models, per row. */
  readonly errorRate: number
  /** Models that answered at least one row. */
  readonly models: Readonly<Record<string, ModelPerformance>>
  readonly cache: { readonly lookups: number; readonly hitRate: number }
}

export function describePerformance(health: Readonly<Record<string, ModelHealth>>): PerformanceSummary {
  const all = Object.values(health).map(({ stats }) => stats)
  const total = (read: (stats: ModelStatsSnapshot) => number): number =>
    all.reduce((sum, stats) => sum + read(stats), 0)
  const [successes, errors] = [total((stats) => stats.successes), total((stats) => stats.errors)]
  const hits = total(({ cache }) => cache.hits)
  const lookups = hits + total(({ cache }) => cache.misses)
  const busy = Object.entries(health).filter(([, { stats }]) => stats.successes > 0)
  return {
    totalPredictions: successes,
    errorRate: shareOf(errors, successes + errors),
    models: Object.fromEntries(busy.map(([name, model]) => [name, describeModel(model)])),
    cache: { lookups, hitRate: shareOf(hits, lookups) },
  }
}

function describeModel({ stats, versions, latencyTargetMs }: ModelHealth): ModelPerformance {
  const answering = versions.filter((each) => each.stats.successes > 0)
  const stages = batchStages.map((stage) => {
    const { mean, p95 } = stats[`${stage}Ms`]
    return [stage, { meanMs: mean, p95Ms: p95 }] as const
  })
  return {
    ...describeRows(stats),
    isTargetMet: latencyTargetMs === undefined ? null : stats.latencyMs.p95 <= latencyTargetMs,
    stages: Object.fromEntries(stages) as ModelPerformance['stages'],
    versions: Object.fromEntries(answering.map((each) => [each.version, describeRows(each.stats)])),
  }
}

function describeRows({
  successes,
  latencyMs,
  cache,
  meanBatchRows,
  errorRate,
}: ModelStatsSnapshot): VersionPerformance {
  return {
    totalPredictions: successes,
    meanMs: latencyMs.mean,
    p50Ms: latencyMs.p50,
    p95Ms: latencyMs.p95,
    p99Ms: latencyMs.p99,
    cacheHitRate: cache.hitRate,
    meanBatchRows,
    errorRate,
  }
}

function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}
