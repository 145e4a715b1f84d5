// Types of the real-time scoring: what it is asked and what it answers, to callers and to subscribers.

import type { Factors } from './contributions.ts'
import type { OptionNames } from '../runtime/known-options.ts'
import { callOptionNames, type CrmCallOptions } from './crm-options.ts'
import type { LeadError } from './lead-batch.ts'
import type { LeadTier } from './lead-tier.ts'
import type { Provenance } from './model-source.ts'

export type ScoreOptions = CrmCallOptions & {
  /** Scores the lead although its score is remembered. @default false */
  readonly refresh?: boolean
  /** Also says why; costs an explanation where it is not remembered. @default false */
  readonly factors?: boolean
}

export const scoreNames: OptionNames<ScoreOptions> = { ...callOptionNames, refresh: true, factors: true }

/** Whether a lead is hot, and who says so. */
export type LeadScore = {
  readonly leadId: string
  readonly tenant: string
  /** 0 to 100: by the model 100 × the probability that the lead is hot. */
  readonly score: number
  readonly tier: LeadTier
  /** 0 to 1; see `confidenceOf`. */
  readonly confidence: number
  /** Where they were asked for and there are any. */
  readonly factors?: Factors
  readonly provenance: Provenance
  /** ISO 8601, UTC. */
  readonly at: string
  /** Of the whole call, the lead's lookup and features included. */
  readonly latencyMs: number
  readonly requestId?: string
}

/** Of many leads; one that failed stops no other. */
export type ScoreBatch = {
  /** In the order of the leads, without those that failed. */
  readonly results: readonly LeadScore[]
  /** In the order of the leads. */
  readonly errors: readonly LeadError[]
}

/** What subscribers hear. */
export type ScoreEvent =
  /** A lead was scored anew; remembered scores make no event. */
  | ({ readonly type: 'score_update' } & LeadScore)
  | {
      readonly type: 'batch_complete'
      readonly tenant: string
      readonly count: number
      readonly errorCount: number
      /** 0 without a result. */
      readonly meanScore: number
      readonly at: string
    }
