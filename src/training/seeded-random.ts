// A seed in, the same sequence of evenly spread numbers out, on every machine.

export type SeededRandom = {
  /** In [0, 1), of 32 random bits. */
  next(): number
  /** A whole number in [0, limit). */
  below(limit: number): number
}

/** mulberry32 (T. Ettinger, public domain), seeded through one round of its own mixing so that near seeds differ. */
export function createSeededRandom(seed: number): SeededRandom {
  let state = mixed((seed >>> 0) ^ 0x9e3779b9)
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    return mixed(state) / 4294967296
  }
  return { next, below: (limit) => Math.floor(next() * limit) }
}

/** Fisher–Yates, in place. */
export function shuffle<TList extends Int32Array | unknown[]>(list: TList, random: SeededRandom): TList {
  for (let i = list.length - 1; i > 0; i--) {
    const j = random.below(i + 1)
    const kept = list[i]
    list[i] = list[j]
    list[j] = kept
  }
  return list
}

function mixed(value: number): number {
  let t = value
  t = Math.imul(t ^ (t >>> 15), t | 1)
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
  return (t ^ (t >>> 14)) >>> 0
}
