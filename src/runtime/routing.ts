// Shares of traffic and a shadow for the active version in; who answers the next request, and how each version does, out.

import { createError, isMLError } from '../errors.ts'
import { shownValue } from '../rows/shown-value.ts'
import type { Clock } from '../observe/clock.ts'
import { VersionStats } from '../observe/version-stats.ts'
import { assertKnownOptions, type OptionNames } from './known-options.ts'
import type { Slot } from './model-slot.ts'
import type { Stage } from './request.ts'
import type { ShadowComparison, ShadowReport } from './shadow.ts'
import { createWeightedSplit } from './weighted-split.ts'

export type RoutingOptions = {
  /**
   * Shares by version or alias, in any unit: `{ stable: 90, canary: 10 }`. A predictBatch goes to one version as a whole.
   * Null sends everything to the active version.
   */
  readonly traffic?: Readonly<Record<string, number>> | null
  /** Version or alias that is asked too, and the share of the requests that it sees. Null ends it. @default share 1 */
  readonly shadow?: string | { readonly version: string; readonly share?: number } | null
}

export type VersionReport = {
  readonly version: string
  readonly requests: number
  readonly errors: number
  readonly errorRate: number
  readonly p50Ms: number
  readonly p95Ms: number
}

export type RoutingReport = {
  readonly traffic: readonly { readonly selector: string; readonly weight: number; readonly version: string | null }[]
  /** Every version that has answered requests to the name alone since routing was last changed. */
  readonly versions: readonly VersionReport[]
  readonly shadow?: ShadowReport
}

type Arm = { readonly slot: Slot; readonly weight: number }

export class Routing {
  readonly #arms: readonly Arm[]
  readonly #pick: (() => Slot) | undefined
  readonly #clock: Clock
  readonly #stats = new Map<string, VersionStats>()
  readonly shadow: ShadowComparison | undefined

  constructor(arms: readonly Arm[], shadow: ShadowComparison | undefined, clock: Clock) {
    this.#arms = arms
    this.#clock = clock
    this.shadow = shadow
    this.#pick =
      arms.length === 0 ? undefined : createWeightedSplit(arms.map(({ slot, weight }) => ({ target: slot, weight })))
  }

  /** Who answers the next request; undefined for the active version. */
  pick(): Slot | undefined {
    return this.#pick?.()
  }

  /** Those that it holds, the shadow's included. */
  get slots(): readonly Slot[] {
    const arms = this.#arms.map(({ slot }) => slot)
    return this.shadow === undefined ? arms : [...arms, this.shadow.slot]
  }

  statsOf(version: string): VersionStats {
    let stats = this.#stats.get(version)
    if (stats === undefined) this.#stats.set(version, (stats = new VersionStats({ clock: this.#clock })))
    return stats
  }

  report(): RoutingReport {
    return {
      traffic: this.#arms.map(({ slot, weight }) => ({
        selector: slot.selector ?? '',
        weight,
        version: slot.state.kind === 'loaded' ? slot.state.engine.version : null,
      })),
      versions: [...this.#stats].map(([version, stats]) => {
        const { requests, errors, errorRate, latencyMs } = stats.snapshot()
        return { version, requests, errors, errorRate, p50Ms: latencyMs.p50, p95Ms: latencyMs.p95 }
      }),
      ...(this.shadow === undefined ? {} : { shadow: this.shadow.report() }),
    }
  }
}

/** Counts answers and failures by the version that had the request, and lets the shadow see what was answered. */
export function routed(routing: () => Routing | undefined, clock: Clock): Stage {
  return (next) => (request) => {
    const current = routing()
    if (current === undefined || request.state.kind === 'failed') return next(request)
    const stats = current.statsOf(request.state.engine.version)
    const startedAt = clock.now()
    return next(request).then(
      (prediction) => {
        stats.recordAnswer(prediction.source, clock.now() - startedAt)
        current.shadow?.observe(request, prediction)
        return prediction
      },
      (error: unknown) => {
        if (isMLError(error)) stats.recordError(error.code)
        else stats.recordAbort()
        throw error
      },
    )
  }
}

const routingNames = { traffic: true, shadow: true } as const satisfies OptionNames<RoutingOptions>

/** @throws VALIDATION_FAILED where weights or the shadow's share cannot be, or a name is unknown */
export function checkedRouting(
  model: string,
  options: RoutingOptions,
): {
  readonly weights: readonly (readonly [selector: string, weight: number])[]
  readonly shadow: { readonly selector: string; readonly share: number } | undefined
} {
  const wrong = (option: string, expected: string, got: unknown): Error =>
    createError('VALIDATION_FAILED', `${model}: ${option} expected ${expected}, got ${shownValue(got)}`, {
      details: { model, option },
    })
  // a misspelt name would otherwise end the routing that is set
  assertKnownOptions('', options, routingNames)
  const { traffic, shadow } = options
  if (traffic !== undefined && traffic !== null && typeof traffic !== 'object')
    throw wrong('traffic', 'weights by version or alias, or null', traffic)
  const weights = Object.entries(traffic ?? {}).filter(([selector, weight]) => {
    if (typeof weight !== 'number' || !(weight >= 0) || weight === Infinity)
      throw wrong(`traffic.${selector}`, 'a weight of at least 0', weight)
    return weight > 0
  })
  if (traffic && weights.length === 0) throw wrong('traffic', 'at least one weight above 0', traffic)
  if (shadow === undefined || shadow === null) return { weights, shadow: undefined }
  if (typeof shadow !== 'string') assertKnownOptions('shadow', shadow, { version: true, share: true })
  const { version, share = 1 } = typeof shadow === 'string' ? { version: shadow } : shadow
  if (typeof version !== 'string') throw wrong('shadow', 'a version or alias', shadow)
  if (!(typeof share === 'number' && share > 0 && share <= 1))
    throw wrong('shadow.share', 'a number above 0 and at most 1', share)
  return { weights, shadow: { selector: version, share } }
}
