// How much of a lead is known and how far its answer lies from a coin toss in, how much the answer should count for out.

import type { Provenance } from './model-source.ts'

/** EnterpriseHub's rules state it of themselves, whatever they are asked. */
const mostByRule = 0.6

/**
 * 0.6·completeness + 0.4·2·|p − ½|, at most 0.6 where a rule answered: the formula of EnterpriseHub's churn service. It is no
 * probability of being right: it falls where the answer rests on stand-ins for what is not known, or is nearly a coin toss.
 * How often answers are right is measured on the model's card.
 */
export function confidenceOf(completeness: number, probability: number, { source }: Provenance): number {
  const confidence = 0.6 * completeness + 0.4 * 2 * Math.abs(probability - 0.5)
  return source === 'fallback' ? Math.min(confidence, mostByRule) : confidence
}
