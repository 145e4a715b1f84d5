// The state and counters of one model in; what getHealth tells out.

import type { BackendChoice } from '../backend/choice/backend-choice.ts'
import type { CacheHealth, CacheStats } from '../cache/cache-port.ts'
import { type Health, judgeHealth } from '../observe/health.ts'
import type { ModelStatsSnapshot } from '../observe/stats.ts'
import type { Evaluation } from '../artifact/metadata.ts'
import type { BreakerState } from '../resilience/breaker.ts'
import type { SlotState } from './model-slot.ts'
import type { RoutingReport } from './routing.ts'
import type { SharedCache } from './shared-cache.ts'

export type ModelHealth = Health & {
  readonly model: string
  readonly version: string | null
  /** Why the model is not loaded. */
  readonly error?: { readonly code: string; readonly message: string }
  readonly backend?: BackendChoice
  readonly breaker: BreakerState['kind']
  /** Name of the rule that answers when the model cannot. */
  readonly fallback?: string
  /** Measured when the model was converted. */
  readonly evaluation?: Evaluation
  readonly latencyTargetMs?: number
  readonly stats: ModelStatsSnapshot
  /** Shares of traffic, how each version does, and the shadow; absent where the active version answers alone. */
  readonly routing?: RoutingReport
  /** True where the model was unloaded to make room; the next request loads it again. */
  readonly isAsleep?: true
  readonly cache?: CacheHealth & CacheStats & { readonly lookupMs: number; readonly isBypassed: boolean }
}

export type HealthFacts = {
  readonly name: string
  readonly state: SlotState
  readonly stats: ModelStatsSnapshot
  readonly cache: SharedCache | undefined
  readonly fallbackRule: string | undefined
  readonly latencyTargetMs: number | undefined
  readonly routing: RoutingReport | undefined
}

export function describeHealth(facts: HealthFacts): ModelHealth {
  const { name, state, stats, cache: shared, fallbackRule, latencyTargetMs, routing } = facts
  const engine = state.kind === 'loaded' ? state.engine : undefined
  const breaker = engine?.breaker.state.kind ?? 'closed'
  const choice = engine?.choice
  const health = judgeHealth({
    recent: stats.recent,
    breaker,
    isLoaded: state.kind !== 'failed',
    // a rule answers for a model that failed, not for one that was closed
    hasFallback: fallbackRule !== undefined && !(state.kind === 'failed' && state.error.code === 'CLOSED'),
    ...(latencyTargetMs === undefined ? {} : { latencyTargetMs }),
    ...(choice?.movedFrom === undefined ? {} : { movedBackend: choice.why }),
    ...(choice?.outage === undefined ? {} : { backendOutage: choice.outage }),
  })
  return {
    ...health,
    model: name,
    version: state.kind === 'asleep' ? state.version : (engine?.version ?? null),
    ...(state.kind === 'asleep' ? { isAsleep: true as const } : {}),
    ...(state.kind === 'failed' ? { error: state.error.toJSON() } : {}),
    ...(choice === undefined ? {} : { backend: choice }),
    breaker,
    ...(fallbackRule === undefined ? {} : { fallback: fallbackRule }),
    ...(engine?.artifact.metadata.evaluation === undefined ? {} : { evaluation: engine.artifact.metadata.evaluation }),
    ...(latencyTargetMs === undefined ? {} : { latencyTargetMs }),
    stats,
    ...(routing === undefined ? {} : { routing }),
    ...(shared === undefined ? {} : { cache: describeCache(shared, engine?.runMs ?? 0) }),
  }
}

function describeCache({ cache, worth }: SharedCache, runMs: number): NonNullable<ModelHealth['cache']> {
  return { ...cache.health(), ...cache.stats(), ...worth.describe(runMs) }
}
