// A seed in, the same sequence of numbers from 0 to 1 out, on every machine.

/** Gives numbers in [0, 1). */
export type Random = () => number

/** Numbers that only mix the seed into the state. */
const warmUpRounds = 15

/** sfc32 (C. Doty-Humphrey, PractRand, public domain): 128 bits of state, so that no two seeds' sequences meet. */
export function createSeededRandom(seed: number): Random {
  let a = seed | 0
  let b = 0x9e3779b9 | 0
  let c = 0x243f6a88
  let counter = 1
  const next = (): number => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return (sum >>> 0) / 4294967296
  }
  for (let round = 0; round < warmUpRounds; round++) next()
  return next
}
