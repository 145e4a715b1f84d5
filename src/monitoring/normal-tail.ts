// A number of standard deviations in, the share of a normal distribution that lies beyond it out.

const density = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)

/** P(Z > z): by the series around 0 (Abramowitz and Stegun 26.2.11) and, far out, the continued fraction 26.2.14. */
export function normalTail(z: number): number {
  if (Number.isNaN(z)) return NaN
  if (z < 0) return 1 - normalTail(-z)
  if (z < 3) {
    let term = z
    let sum = z
    for (let k = 3; term > 1e-17 * sum; k += 2) sum += term *= (z * z) / k
    return 0.5 - density(z) * sum
  }
  // terms enough for full precision from 3 on
  let fraction = z
  for (let k = 100; k >= 1; k--) fraction = z + k / fraction
  return density(z) / fraction
}
