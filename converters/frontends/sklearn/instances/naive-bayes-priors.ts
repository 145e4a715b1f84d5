// A probability in; its logarithm out, finite for 0 too.

/** exp of it is 0, also after any sum that real models have. */
const logOfNothing = -1e30

/** A class of probability 0 is never answered, as with −∞, which tables do not hold. */
export function logOf(probability: number): number {
  return probability > 0 ? Math.log(probability) : logOfNothing
}

/** As a fitted model keeps logarithms: −∞ for 0. */
export function finiteLog(log: number): number {
  return log === Number.NEGATIVE_INFINITY ? logOfNothing : log
}
