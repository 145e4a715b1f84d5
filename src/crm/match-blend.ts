// The scores of a match by where they come from in; one score, the weights that it was made with, and how sure it is out.

/** EnterpriseHub's weights of the parts; what is not there is left out, and the others share its weight. */
export const partWeights = { explicit: 0.4, behavioural: 0.25, market: 0.2, model: 0.15 } as const

/** Points of confidence: to begin with, and where everything that it may rest on is there; they sum to 1. */
const confidencePoints = { least: 0.2, wishes: 0.5, reactions: 0.15, model: 0.15 } as const
/** So many reactions are plenty; EnterpriseHub's content-based matching. */
const plentyOfReactions = 10

/** One part of a score and what it weighs. */
export type MatchPart = {
  /** 0 to 1. */
  readonly score: number
  /** Share of the whole score; those of all parts that there are sum to 1. */
  readonly weight: number
}

/** NaN for a part that is not there; the explicit one always is. */
export type PartScores = {
  readonly explicit: number
  readonly behavioural: number
  readonly market: number
  readonly model: number
}

export type MatchParts = { readonly explicit: MatchPart } & { readonly [Part in keyof PartScores]?: MatchPart }

/** Weighted mean of the parts that there are. Four arguments: an object would be made for each of thousands of listings. */
export function blendedScore(explicit: number, behavioural: number, market: number, model: number): number {
  let sum = partWeights.explicit * explicit
  let weights = partWeights.explicit as number
  if (!Number.isNaN(behavioural)) {
    sum += partWeights.behavioural * behavioural
    weights += partWeights.behavioural
  }
  if (!Number.isNaN(market)) {
    sum += partWeights.market * market
    weights += partWeights.market
  }
  if (!Number.isNaN(model)) {
    sum += partWeights.model * model
    weights += partWeights.model
  }
  return sum / weights
}

/** The parts that there are, with the weights that `blendedScore` used. */
export function matchParts(scores: PartScores): MatchParts {
  const there = (Object.keys(partWeights) as (keyof PartScores)[]).filter((part) => !Number.isNaN(scores[part]))
  const total = there.reduce((sum, part) => sum + partWeights[part], 0)
  return Object.fromEntries(
    there.map((part) => [part, { score: scores[part], weight: partWeights[part] / total }]),
  ) as MatchParts
}

/**
 * The model's part. Both say how likely the lead takes to the listing: `match` whether it would be content with it, `interest`
 * whether it would look at it at all. A home needs both, so it is their geometric mean, which stays on the scale of one
 * probability and is small where either is; the one alone where the other is not there, NaN without both.
 */
export function modelScore(match: number, interest: number): number {
  if (Number.isNaN(match)) return interest
  return Number.isNaN(interest) ? match : Math.sqrt(match * interest)
}

/**
 * 0.2, and up to 0.5 by the weight of the factors that both sides said something of, up to 0.15 by the reactions (10 are plenty),
 * and 0.15 where a model has a part in the score.
 * @param knownWeight 0 to 1
 */
export function matchConfidence(knownWeight: number, reactionCount: number, hasModel: boolean): number {
  const { least, wishes, reactions, model } = confidencePoints
  const taste = reactions * Math.min(1, reactionCount / plentyOfReactions)
  return Math.min(1, least + wishes * knownWeight + taste + (hasModel ? model : 0))
}
