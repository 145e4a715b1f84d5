// A model's recent outcomes, breaker, targets and versions in; healthy, degraded or unhealthy with the reasons out.

import type { BreakerPhase } from './channels.ts'
import type { OutcomeCounts } from './outcomes.ts'

export type HealthStatus = 'healthy' | 'degraded' | 'unhealthy'

export type HealthReason = {
  readonly kind:
    | 'not-loaded'
    | 'all-failing'
    | 'error-rate'
    | 'latency'
    | 'breaker'
    | 'fallback'
    | 'backend'
    | 'version'
    | 'accuracy'
    | 'folder'
  /** One sentence for people. */
  readonly text: string
}

export type Health = { readonly status: HealthStatus; readonly reasons: readonly HealthReason[] }

export type HealthInput = {
  /** Outcomes to judge; normally `snapshot().recent`. */
  readonly recent: OutcomeCounts
  readonly breaker: BreakerPhase
  /** False where the model failed to load or is not there. */
  readonly isLoaded: boolean
  /** True where a rule can answer in the model's place. */
  readonly hasFallback: boolean
  /** p95 beyond which the model is degraded. */
  readonly latencyTargetMs?: number
  /** Why the model runs on another backend than it was started on; absent where it does not. */
  readonly movedBackend?: string
  /** Why its backend serves nothing now, and when it is tried again; absent while it serves. */
  readonly backendOutage?: string
  /** What else is wrong with it, though it answers. */
  readonly notes?: readonly HealthReason[]
}

/** How one of several versions does. */
export type JudgedVersion = Health & {
  readonly version: string
  /** Whether it answers those who name no version. */
  readonly isActive: boolean
}

/** From this share of failed rows on, a model is degraded (the specification: healthy below 5 %). */
export const degradedErrorRate = 0.05

/** No traffic is healthy; a model of which every row fails, or that neither runs nor has a fallback, is unhealthy. */
export function judgeHealth({
  recent,
  breaker,
  isLoaded,
  hasFallback,
  latencyTargetMs,
  movedBackend,
  backendOutage,
  notes = [],
}: HealthInput): Health {
  const reasons: HealthReason[] = []
  if (!isLoaded)
    reasons.push({
      kind: 'not-loaded',
      text: hasFallback
        ? 'the model is not loaded; its fallback answers'
        : 'the model is not loaded and has no fallback',
    })
  const isAllFailing = recent.errors > 0 && recent.successes === 0
  if (isAllFailing) reasons.push({ kind: 'all-failing', text: `all of ${recent.errors} rows failed` })
  else if (recent.errorRate >= degradedErrorRate)
    reasons.push({
      kind: 'error-rate',
      text: `${percent(recent.errorRate)} of rows failed, expected less than ${percent(degradedErrorRate)}`,
    })
  if (latencyTargetMs !== undefined && recent.latencyMs.p95 > latencyTargetMs)
    reasons.push({
      kind: 'latency',
      text: `p95 is ${recent.latencyMs.p95.toPrecision(3)} ms, expected at most ${latencyTargetMs} ms`,
    })
  if (breaker !== 'closed') reasons.push({ kind: 'breaker', text: `the circuit breaker is ${breaker}` })
  if (recent.fallbacks > 0)
    reasons.push({
      kind: 'fallback',
      text: `${recent.fallbacks} of ${recent.successes} answers came from the fallback`,
    })
  if (movedBackend !== undefined) reasons.push({ kind: 'backend', text: movedBackend })
  if (backendOutage !== undefined) reasons.push({ kind: 'backend', text: backendOutage })
  reasons.push(...notes)
  const canAnswer = hasFallback || (isLoaded && backendOutage === undefined)
  const isUnhealthy = isAllFailing || !canAnswer
  return { status: isUnhealthy ? 'unhealthy' : reasons.length > 0 ? 'degraded' : 'healthy', reasons }
}

/**
 * What the sum of several versions hides: one that fails in a small share of the traffic degrades the model, and the
 * active one makes it unhealthy although others still answer those who name them.
 */
export function withVersions(all: Health, versions: readonly JudgedVersion[]): Health {
  const ailing = versions.filter(({ status }) => status !== 'healthy')
  if (versions.length < 2 || ailing.length === 0) return all
  const reasons = ailing.map(({ version, reasons: own }): HealthReason => {
    return { kind: 'version', text: `version ${version}: ${own.map(({ text }) => text).join('; ')}` }
  })
  const isUnhealthy = ailing.some(({ isActive, status }) => isActive && status === 'unhealthy')
  const isWorse = isUnhealthy || all.status === 'healthy'
  return {
    status: isWorse ? (isUnhealthy ? 'unhealthy' : 'degraded') : all.status,
    reasons: [...all.reasons, ...reasons],
  }
}

function percent(share: number): string {
  return `${(100 * share).toPrecision(2)} %`
}
