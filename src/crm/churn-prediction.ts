// Types of the churn engine: what it is asked and what it answers.

import type { ChurnAction } from './churn-actions.ts'
import type { ChurnRisks, ChurnTier, ChurnUrgency } from './churn-risk.ts'
import type { Factor, Factors } from './contributions.ts'
import type { OptionNames } from '../runtime/known-options.ts'
import { callOptionNames, type CrmCallOptions } from './crm-options.ts'
import type { LeadError } from './lead-batch.ts'
import type { LeadOrId } from './lead-lookup.ts'
import type { Provenance } from './model-source.ts'

export type ChurnOptions = CrmCallOptions & {
  /** Predicts anew although the prediction is remembered. @default false */
  readonly refresh?: boolean
}

export const churnNames: OptionNames<ChurnOptions> = { ...callOptionNames, refresh: true }

/** How likely a lead is to be lost, what to do about it, and who says so. */
export type ChurnPrediction = {
  readonly leadId: string
  readonly tenant: string
  /** Percent, never falling with the horizon. */
  readonly risks: ChurnRisks
  /** 0.5·r₇ + 0.3·r₁₄ + 0.2·r₃₀ */
  readonly score: number
  readonly tier: ChurnTier
  readonly urgency: ChurnUrgency
  /** At most six; `churnActions` has the text of each. */
  readonly actions: readonly ChurnAction[]
  /** At most ten, of the 14-day risk; a positive contribution raises it. Empty where the model cannot explain itself. */
  readonly topFactors: readonly Factor[]
  readonly factorsBy?: Factors['by']
  /** 0 to 1; see `confidenceOf`. */
  readonly confidence: number
  readonly provenance: Provenance
  /** How many interventions the lead may still have today, where the engine counts them. */
  readonly interventionsLeft?: number
  /** ISO 8601, UTC. */
  readonly at: string
  /** Of the whole call, the lead's lookup and features included. */
  readonly latencyMs: number
  readonly requestId?: string
}

/** Of many leads; one that failed stops no other. */
export type ChurnBatch = {
  /** In the order of the leads, without those that failed. */
  readonly results: readonly ChurnPrediction[]
  readonly errors: readonly LeadError[]
}

export type HighRiskOptions = ChurnOptions & {
  /** Least 14-day risk, percent. @default 60 */
  readonly threshold?: number
  /** Longest list. @default 20 */
  readonly limit?: number
  /** Who is looked at. @default the leads that the source says were active of late */
  readonly leads?: readonly LeadOrId[]
  /** How far back that goes, milliseconds: a lead at risk has been silent for a while. @default 45 days */
  readonly sinceMs?: number
  /** How many of those are looked at. @default 1000 */
  readonly examined?: number
}

export const highRiskNames: OptionNames<HighRiskOptions> = {
  ...churnNames,
  threshold: true,
  limit: true,
  leads: true,
  sinceMs: true,
  examined: true,
}

/** Leads whose 14-day risk reaches the threshold. */
export type HighRiskList = {
  /** By falling 14-day risk. */
  readonly results: readonly ChurnPrediction[]
  readonly errors: readonly LeadError[]
  /** How many leads were looked at. */
  readonly examined: number
}
