// Probabilities of losing a lead within 7, 14 and 30 days in; risks, their weighted score, tier and urgency out.

import type { ChurnHorizon } from './lead-features.ts'

/** Percent, 0 to 100, by days ahead. */
export type ChurnRisks = Readonly<Record<ChurnHorizon, number>>

/** By the score: critical from 80, high from 60, medium from 30. */
export type ChurnTier = 'critical' | 'high' | 'medium' | 'low'

/** How soon somebody should act. */
export type ChurnUrgency = 'immediate' | 'urgent' | 'moderate' | 'low'

const tiers = { critical: 80, high: 60, medium: 30 } as const
const urgencies = ['low', 'moderate', 'urgent', 'immediate'] as const satisfies readonly ChurnUrgency[]
const rankOf = { low: 0, medium: 1, high: 2, critical: 3 } as const satisfies Readonly<Record<ChurnTier, number>>

/** From this share of the month's risk within the first week on, waiting is what costs most. */
const earlyShare = 0.8

/**
 * Percent of each probability, never less than that of a nearer horizon: who leaves within 7 days has left within 30. The
 * model's never are; the rule's may be, whose longer windows hold more interactions.
 */
export function churnRisksOf(probabilities: readonly number[]): ChurnRisks {
  const [within7, within14, within30] = probabilities.map((probability) => 100 * probability)
  const risk14 = Math.max(within7, within14)
  return { 7: within7, 14: risk14, 30: Math.max(risk14, within30) }
}

/** 0.5·r₇ + 0.3·r₁₄ + 0.2·r₃₀: EnterpriseHub's weights. */
export function churnScoreOf(risks: ChurnRisks): number {
  return 0.5 * risks[7] + 0.3 * risks[14] + 0.2 * risks[30]
}

/** Critical from 80, high from 60, medium from 30. */
export function churnTierOf(score: number): ChurnTier {
  return score >= tiers.critical ? 'critical' : score >= tiers.high ? 'high' : score >= tiers.medium ? 'medium' : 'low'
}

/**
 * By tier, and one step sooner where at least 0.8 of a 30-day risk of 30 or more lies in the first 7 days. EnterpriseHub
 * steps up where r₇ > r₃₀ + 20, which cannot be of risks that never fall; what it means, danger that is near rather than
 * far, is how much of the month's risk comes in its first week.
 */
export function churnUrgencyOf(tier: ChurnTier, risks: ChurnRisks): ChurnUrgency {
  const isNear = risks[30] >= tiers.medium && risks[7] >= earlyShare * risks[30]
  return urgencies[Math.min(rankOf[tier] + Number(isNear), urgencies.length - 1)]
}
