// A seed in, the same endless sequence of draws on every machine out.

/** 32 bits of FNV-1a, so that a name is a seed. */
export function seedOf(text) {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/** mulberry32: small, even and the same everywhere; not for secrets. */
export function createDraws(seed) {
  let state = seed >>> 0
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const between = (least, most) => least + (most - least) * uniform()
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
  /** Knuth's method, for means up to some hundred: as many draws as events. */
  const poisson = (mean) => {
    const limit = Math.exp(-mean)
    let events = 0
    for (let product = uniform(); product > limit; product *= uniform()) events++
    return events
  }
  return {
    /** 0 to under 1. */
    uniform,
    normal,
    between,
    poisson,
    /** A whole number, both ends included. */
    whole: (least, most) => Math.floor(between(least, most + 1)),
    chance: (share) => uniform() < share,
    pick: (list) => list[Math.floor(uniform() * list.length)],
    /** Skewed counts: a Poisson count whose mean is itself drawn from a log-normal distribution. */
    count: (median, spread) => poisson(Math.min(600, median * Math.exp(spread * normal()))),
  }
}
