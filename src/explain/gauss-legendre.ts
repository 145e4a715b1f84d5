// A number of points in, the places and weights of the Gauss–Legendre rule on [0, 1] out: exact for polynomials below twice as many degrees.

export type QuadratureRule = { readonly points: Float64Array; readonly weights: Float64Array }

/** Newton's method doubles its digits each time, and its starting point is good to two. */
const newtonSteps = 8

/** Roots of the Legendre polynomial by Newton's method (Press et al., Numerical Recipes, 3rd ed., §4.6.1). */
export function gaussLegendre(pointCount: number): QuadratureRule {
  const points = new Float64Array(pointCount)
  const weights = new Float64Array(pointCount)
  for (let i = 0; i < pointCount; i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (pointCount + 0.5))
    for (let step = 0; step < newtonSteps; step++) {
      const { value, slope } = legendre(pointCount, x)
      x -= value / slope
    }
    const { slope } = legendre(pointCount, x)
    points[i] = (1 - x) / 2
    weights[i] = 1 / ((1 - x * x) * slope * slope)
  }
  return { points, weights }
}

/** P_n(x) and its derivative, by the recurrence j·P_j = (2j − 1)·x·P_(j−1) − (j − 1)·P_(j−2). */
function legendre(n: number, x: number): { value: number; slope: number } {
  let before = 0
  let value = 1
  for (let j = 1; j <= n; j++) [before, value] = [value, ((2 * j - 1) * x * value - (j - 1) * before) / j]
  return { value, slope: (n * (x * value - before)) / (x * x - 1) }
}
