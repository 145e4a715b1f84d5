// What callers of a hosted backend wait for: the calls and models that outlive the host process which serves them.

import type { Artifact } from '../../artifact/artifact.ts'
import type { MLError } from '../../errors.ts'
import type { RegionGraph } from '../../regions/region.ts'
import type { HostQuestion } from './host-conversation.ts'
import type { HostValue } from './host-protocol.ts'

/** The artifact is kept: a new host loads it again. */
export type HostedModel = {
  /** The same on every host. */
  readonly number: number
  readonly artifact: Artifact
  /** What the host computes, where that is not what the artifact's bytes hold. */
  readonly derived: RegionGraph | undefined
  /** On the host that runs now. `barred`: its load failed or killed hosts, so it is loaded again only for a new run. */
  residence: 'absent' | 'loading' | 'loaded' | 'barred'
  /** A model that no host has held is nobody's yet, and goes with its failing load. */
  wasLoaded: boolean
  /** How the host that loaded it last computes it. */
  form: string | undefined
  /** Hosts lost in a row with its load. */
  loadLossCount: number
  /** Calls that need it still. */
  callCount: number
  isDisposed: boolean
}

type CallBase = {
  readonly reject: (error: MLError) => void
}

/** What a host is asked, and how long for. */
export type HostAsking = {
  readonly model: HostedModel | undefined
  readonly question: HostQuestion
  /** What it does, for errors: `run 50 rows of model churn`. */
  readonly purpose: string
  /** How long its run may take; undefined where nobody said. */
  readonly timeBudgetMs: number | undefined
  /** Whoever asked has given up by then: it is not sent to a host any more. */
  readonly expiresAtMs: number
}

/** `open` waits for a host, `load` for a model's residence, `ask` for an answer. */
export type HostCall =
  | (CallBase & { readonly kind: 'open'; readonly resolve: () => void })
  | (CallBase & { readonly kind: 'load'; readonly model: HostedModel; readonly resolve: () => void })
  | (CallBase &
      HostAsking & {
        readonly kind: 'ask'
        /** Hosts lost while they worked on it. */
        lossCount: number
        readonly resolve: (value: HostValue) => void
      })

export function modelOf(call: HostCall): HostedModel | undefined {
  return call.kind === 'open' ? undefined : call.model
}

export function createHostedModel(number: number, artifact: Artifact, derived?: RegionGraph): HostedModel {
  return {
    number,
    artifact,
    derived,
    residence: 'absent',
    wasLoaded: false,
    form: undefined,
    loadLossCount: 0,
    callCount: 0,
    isDisposed: false,
  }
}
