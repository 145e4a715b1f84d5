// A lead's score and how much it counts for in; hot, warm or cold out.

/** How soon a lead may buy or sell. */
export type LeadTier = 'hot' | 'warm' | 'cold'

const usual = { hot: 70, warm: 50 } as const
/** Little is known, or the score is nearly a coin toss: more is asked of it. */
const doubtful = { hot: 80, warm: 60 } as const

/** Hot from 70, warm from 50; from 80 and 60 where confidence is below 0.5. */
export function leadTierOf(score: number, confidence: number): LeadTier {
  const { hot, warm } = confidence < 0.5 ? doubtful : usual
  return score >= hot ? 'hot' : score >= warm ? 'warm' : 'cold'
}
