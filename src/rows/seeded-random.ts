// A seed in, an endless stream of pseudo-random numbers out, equal on every machine: draws rows, orders and resamples.

export type SeededRandom = {
  /** In [0, 1), of 32 random bits. */
  readonly uniform: () => number
  /** Mean 0, standard deviation 1. */
  readonly normal: () => number
  /** A whole number in 0 … count − 1. */
  readonly integer: (count: number) => number
}

/**
 * The generator mulberry32 (T. Ettinger, public domain): 32 bits of state are plenty for some million draws that nobody
 * must guess. What converts, splits and trains depends on this very stream: another one makes other bytes of equal input.
 */
export function createSeededRandom(seed: number): SeededRandom {
  let state = seed >>> 0
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    return mixed(state) / 2 ** 32
  }
  // Box and Muller; 1 − u keeps the logarithm finite.
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
  const integer = (count: number): number => Math.floor(uniform() * count)
  return { uniform, normal, integer }
}

/** Another seed, far from those of the numbers next to this one: for callers that count their seeds up from 0. */
export function spreadSeed(seed: number): number {
  return mixed((seed >>> 0) ^ 0x9e3779b9)
}

/** Fisher–Yates, in place. */
export function shuffle<TList extends Int32Array | unknown[]>(list: TList, random: SeededRandom): TList {
  for (let i = list.length - 1; i > 0; i--) {
    const j = random.integer(i + 1)
    const kept = list[i]
    list[i] = list[j]
    list[j] = kept
  }
  return list
}

/** All 32 bits of the result hang on all of the value's. */
function mixed(value: number): number {
  let bits = Math.imul(value ^ (value >>> 15), value | 1)
  bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
  return (bits ^ (bits >>> 14)) >>> 0
}
