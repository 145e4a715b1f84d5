// A match's parts, factors and interest in; why it is one, in words, out.

import { matchFactorWeights } from '../resilience/crm-rules/cosine-similarity-matcher.ts'
import { propertyMatcherFeatures } from '../resilience/crm-rules/model-features.ts'
import type { MatchParts } from './match-blend.ts'

/** EnterpriseHub's bounds from which a part is a reason of its own. */
const bounds = { behavioural: 0.6, market: 0.7, interest: 0.8 } as const
/** A factor that speaks for the listing, and how many of them are told. */
const goodFactor = 0.9
const mostFactors = 3

const factorTexts: Readonly<Record<(typeof propertyMatcherFeatures)[number], string>> = {
  budget: 'the price is within the budget',
  location: 'it is where the lead wants to live',
  bedrooms: 'it has enough bedrooms',
  bathrooms: 'it has enough bathrooms',
  property_type: 'it is the kind of property that the lead looks for',
  sqft: 'it is large enough',
  schools: 'the schools are excellent',
  commute: 'the way to work is short enough',
  walkability: 'everything is in walking distance',
  safety: 'the area is safe',
  hoa_fee: 'the fees are within the limit',
  lot_size: 'the lot is large enough',
  home_age: 'the home is new enough',
  parking: 'there is enough parking',
  market_timing: 'the moment is good',
}

/** @param factors NaN where lead or listing are silent: what nobody said is no reason. [15] */
export function matchReasons(parts: MatchParts, factors: Float64Array, interest: number): string[] {
  const reasons: string[] = []
  const { behavioural, market } = parts
  if (behavioural !== undefined && behavioural.score > bounds.behavioural)
    reasons.push(`it is like what the lead liked before (${percent(behavioural.score)})`)
  if (market !== undefined && market.score > bounds.market)
    reasons.push(`the market speaks for it now (${percent(market.score)})`)
  if (interest > bounds.interest) reasons.push(`the lead is likely to be interested (${percent(interest)})`)
  const good = propertyMatcherFeatures.filter((_, i) => factors[i] >= goodFactor)
  good.sort((a, b) => matchFactorWeights[b] - matchFactorWeights[a])
  return [...reasons, ...good.slice(0, mostFactors).map((name) => factorTexts[name])]
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`
}
