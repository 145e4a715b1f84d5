// The fifteen factors of a match in, how nearly they point to the ideal listing out: 0 (opposite) to 1 (the same direction).

import { propertyMatcherFeatures } from './model-features.ts'
import { defineCrmRule, type RuleFeature } from './rule-row.ts'

/** What EnterpriseHub's fifteen-factor matcher holds each factor worth; they sum to 1. */
export const matchFactorWeights = {
  budget: 0.2,
  location: 0.15,
  bedrooms: 0.1,
  bathrooms: 0.05,
  property_type: 0.05,
  sqft: 0.05,
  schools: 0.08,
  commute: 0.06,
  walkability: 0.06,
  safety: 0.05,
  hoa_fee: 0.03,
  lot_size: 0.03,
  home_age: 0.02,
  parking: 0.02,
  market_timing: 0.05,
} as const satisfies Readonly<Record<(typeof propertyMatcherFeatures)[number], number>>

const neutral = 0.5
/** What neither lead nor listing says speaks neither for nor against. */
const factor: RuleFeature = { missing: neutral, least: 0, most: 1 }

/**
 * The rule of `property_matcher_v3`: with c = factors − ½, the weighted cosine between c and the ideal listing's (½, …, ½),
 * Σ w·c ÷ √(Σ w · Σ w·c²), mapped from −1…1 to 0…1. A listing of which nothing is known has no direction, and gets ½.
 * The original has content-based matching by cosine over liked listings; a stateless rule has the ideal listing instead.
 */
export const cosineSimilarityMatcher = defineCrmRule(
  'property_matcher_v3',
  {
    budget: factor,
    location: factor,
    bedrooms: factor,
    bathrooms: factor,
    property_type: factor,
    sqft: factor,
    schools: factor,
    commute: factor,
    walkability: factor,
    safety: factor,
    hoa_fee: factor,
    lot_size: factor,
    home_age: factor,
    parking: factor,
    market_timing: factor,
  },
  (row) => {
    let along = 0
    let squares = 0
    let weights = 0
    for (const name of propertyMatcherFeatures) {
      const weight = matchFactorWeights[name]
      const centred = row[name] - neutral
      along += weight * centred
      squares += weight * centred * centred
      weights += weight
    }
    const cosine = squares === 0 ? 0 : along / Math.sqrt(weights * squares)
    // rounding may carry a cosine of 1 one step over it
    return { value: Math.min(1, Math.max(0, (1 + cosine) / 2)) }
  },
)
