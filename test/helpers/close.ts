// How far a number may be from the one that is meant, by what computed it.

export type Closeness = (got: number, expected: number) => boolean

/** A float32 graph against the source's float64: rtol 1e-5, atol 1e-6 of the output's scale. */
export function float32(scale: number): Closeness {
  return (got, expected) =>
    sameNonFinite(got, expected) || Math.abs(got - expected) <= 1e-5 * Math.abs(expected) + 1e-6 * scale
}

/** uint8 weights: at most `most` away, and what float32 costs. */
export function quantized(most: number, scale: number): Closeness {
  const close = float32(scale)
  return (got, expected) => close(got, expected) || Math.abs(got - expected) <= most
}

function sameNonFinite(got: number, expected: number): boolean {
  return Object.is(got, expected) || (Number.isNaN(got) && Number.isNaN(expected))
}
