// How many units each arm got in; whether that can be the split that was meant, however often one looks, out.

import { logGamma } from './log-gamma.ts'

/** Below it the assignment, or what is recorded of it, is broken, and no result can be trusted. */
const alarmLevel = 0.001

/** Units that the prior is worth, spread as the split: what deviates by a few percent is found soonest. */
const priorUnits = 1000

/**
 * Sequential test of multinomial counts against the split (Lindon and Malek, Anytime-valid inference for multinomial count
 * data, NeurIPS 2022): 1 ÷ the Bayes factor of a Dirichlet prior around the split, of which the least so far is a p.
 */
export function createSampleRatioTest(shares: readonly number[]) {
  let p = 1
  return {
    look(counts: readonly number[]): { readonly p: number; readonly isMismatched: boolean } {
      const total = counts.reduce((sum, count) => sum + count, 0)
      let logFactor = logGamma(priorUnits) - logGamma(priorUnits + total)
      counts.forEach((count, arm) => {
        const prior = priorUnits * shares[arm]
        logFactor += logGamma(prior + count) - logGamma(prior) - count * Math.log(shares[arm])
      })
      p = Math.min(p, Math.exp(-logFactor))
      return { p, isMismatched: p <= alarmLevel }
    },
  }
}
