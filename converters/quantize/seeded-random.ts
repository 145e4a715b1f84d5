// A seed in, an endless and always equal stream of pseudo-random numbers out: the converter gives equal bytes for equal input.

export type SeededRandom = {
  /** In [0, 1). */
  readonly uniform: () => number
  /** Mean 0, standard deviation 1. */
  readonly normal: () => number
  /** In 0 … count − 1. */
  readonly integer: (count: number) => number
}

/** The generator `mulberry32`: 32 bits of state are plenty for some ten thousand draws that nobody must guess. */
export function createSeededRandom(seed: number): SeededRandom {
  let state = seed >>> 0
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  // Box and Muller; 1 − u keeps the logarithm finite.
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
  const integer = (count: number): number => Math.floor(uniform() * count)
  return { uniform, normal, integer }
}
