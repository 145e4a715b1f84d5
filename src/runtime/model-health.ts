// The state and counters of one model in; what getHealth tells out.

import type { BackendChoice } from '../backend/choice/backend-choice.ts'
import type { CacheHealth, CacheStats } from '../cache/cache-port.ts'
import { type Health, type HealthReason, judgeHealth, withVersions } from '../observe/health.ts'
import { type ModelStats, noVersion } from '../observe/stats.ts'
import type { ModelStatsSnapshot, VersionStats } from '../observe/version-stats.ts'
import type { Evaluation } from '../artifact/metadata.ts'
import type { BreakerState } from '../resilience/breaker.ts'
import type { BatcherCost } from '../batching/pace.ts'
import type { Engine } from './engine.ts'
import type { SlotState } from './model-slot.ts'
import type { RoutingReport } from './routing.ts'
import type { SharedCache } from './shared-cache.ts'

export type BatchingHealth = {
  /** Rows that wait for a batch now. */
  readonly queuedRows: number
  /** Most rows of a batch that the options allow. */
  readonly maxRows: number
  /** Whether batches are kept smaller than that, since larger ones would only make their rows wait. */
  readonly isCapped: boolean
  /** A run of n rows takes `fixedMs + n · perRowMs`, and batches have up to `capRows`; absent until runs were measured. */
  readonly cost?: BatcherCost
}

/** One version: all rows that it had, whoever asked for it and by which name. */
export type VersionHealth = Health & {
  readonly version: string
  /** Whether it answers those who name neither version nor alias; where traffic is split, the others of it do too. */
  readonly isActive: boolean
  /** False for one that was unloaded: its counters stay. */
  readonly isLoaded: boolean
  readonly breaker?: BreakerState['kind']
  readonly batching?: BatchingHealth
  readonly stats: ModelStatsSnapshot
}

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
  readonly batching?: BatchingHealth
  /** Of all versions together; of a predictor of `name@version` or `name@alias`, of that version alone. */
  readonly stats: ModelStatsSnapshot
  /** Each version that has been loaded; version '' counts rows that found none. */
  readonly versions: readonly VersionHealth[]
  /** Shares of traffic, how each version does, and the shadow; absent where the active version answers alone. */
  readonly routing?: RoutingReport
  /** True where the model was unloaded to make room; the next request loads it again. */
  readonly isAsleep?: true
  readonly cache?: CacheHealth & CacheStats & { readonly lookupMs: number; readonly isBypassed: boolean }
}

export type HealthFacts = {
  readonly name: string
  readonly state: SlotState
  readonly stats: ModelStats
  readonly isPinned: boolean
  /** @default that of `state` */
  readonly engines: readonly Engine[] | undefined
  readonly cache: SharedCache | undefined
  readonly fallbackRule: string | undefined
  readonly latencyTargetMs: number | undefined
  readonly routing: RoutingReport | undefined
  readonly notes?: readonly HealthReason[]
}

export function describeHealth(facts: HealthFacts): ModelHealth {
  const { name, state, cache: shared, fallbackRule, latencyTargetMs, routing } = facts
  const engine = state.kind === 'loaded' ? state.engine : undefined
  const version = state.kind === 'asleep' ? state.version : (engine?.version ?? null)
  const versions = describeVersions(facts, version)
  const stats = facts.isPinned ? statsOf(versions) : facts.stats.snapshot()
  const breaker = engine?.breaker.state.kind ?? 'closed'
  const choice = engine?.choice
  const all = judgeHealth({
    recent: stats.recent,
    breaker,
    isLoaded: state.kind !== 'failed',
    // a rule answers for a model that failed, not for one that was closed
    hasFallback: fallbackRule !== undefined && !(state.kind === 'failed' && state.error.code === 'CLOSED'),
    ...(latencyTargetMs === undefined ? {} : { latencyTargetMs }),
    ...(choice?.movedFrom === undefined ? {} : { movedBackend: choice.why }),
    ...(choice?.outage === undefined ? {} : { backendOutage: choice.outage }),
    ...(facts.notes === undefined ? {} : { notes: facts.notes }),
  })
  return {
    ...withVersions(
      all,
      versions.filter(({ isLoaded }) => isLoaded),
    ),
    model: name,
    version,
    ...(state.kind === 'asleep' ? { isAsleep: true as const } : {}),
    ...(state.kind === 'failed' ? { error: state.error.toJSON() } : {}),
    ...(choice === undefined ? {} : { backend: choice }),
    breaker,
    ...(fallbackRule === undefined ? {} : { fallback: fallbackRule }),
    ...(engine?.artifact.metadata.evaluation === undefined ? {} : { evaluation: engine.artifact.metadata.evaluation }),
    ...(latencyTargetMs === undefined ? {} : { latencyTargetMs }),
    ...(engine === undefined ? {} : { batching: describeBatching(engine) }),
    stats,
    versions,
    ...(routing === undefined ? {} : { routing }),
    ...(shared === undefined ? {} : { cache: describeCache(shared, engine?.runMs ?? 0) }),
  }
}

/** Of a pinned predictor, that of its version alone. */
function describeVersions(facts: HealthFacts, active: string | null): readonly VersionHealth[] {
  const { state, isPinned, engines = state.kind === 'loaded' ? [state.engine] : [] } = facts
  const own = active ?? noVersion
  const counted = facts.stats.versions()
  const chosen = isPinned ? [[own, facts.stats.of(own)] as const] : counted
  return chosen
    .filter(([version, stats]) => version !== noVersion || isPinned || stats.hasRows || counted.length === 1)
    .map(([version, stats]) =>
      describeVersion(stats, {
        version,
        isActive: version === active,
        engine: engines.find((each) => each.version === version),
        latencyTargetMs: facts.latencyTargetMs,
      }),
    )
}

type VersionFacts = Pick<VersionHealth, 'version' | 'isActive'> & {
  readonly engine: Engine | undefined
  readonly latencyTargetMs: number | undefined
}

/** What the whole model tells, such as whether a rule can answer, is no fault of a version that was unloaded. */
function describeVersion(stats: VersionStats, facts: VersionFacts): VersionHealth {
  const { version, isActive, engine, latencyTargetMs } = facts
  const snapshot = stats.snapshot()
  const breaker = engine?.breaker.state.kind
  const health = judgeHealth({
    recent: snapshot.recent,
    breaker: breaker ?? 'closed',
    isLoaded: true,
    hasFallback: false,
    ...(latencyTargetMs === undefined ? {} : { latencyTargetMs }),
  })
  return {
    ...health,
    version,
    isActive,
    isLoaded: engine !== undefined,
    ...(breaker === undefined ? {} : { breaker }),
    ...(engine === undefined ? {} : { batching: describeBatching(engine) }),
    stats: snapshot,
  }
}

function statsOf([version]: readonly VersionHealth[]): ModelStatsSnapshot {
  return version.stats
}

function describeBatching(engine: Engine): BatchingHealth {
  const { queuedRows, maxBatchRows: maxRows, cost } = engine
  const isCapped = cost !== undefined && cost.capRows < maxRows
  return { queuedRows, maxRows, isCapped, ...(cost === undefined ? {} : { cost }) }
}

function describeCache({ cache, worth }: SharedCache, runMs: number): NonNullable<ModelHealth['cache']> {
  return { ...cache.health(), ...cache.stats(), ...worth.describe(runMs) }
}
