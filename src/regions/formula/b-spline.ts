// Knots of a B-spline basis in; functions that fill in the values, or the slopes, of its members out.

/** Ascending `values`; the base interval is from values[degree] to values[length − degree − 1]. */
export type Knots = { readonly values: Float64Array; readonly degree: number }

type Fill = (x: number, into: Float64Array) => void

/** Values at x, outside the base interval by the end polynomials. Adds to `into`, whose members wrap where there are fewer than the knots make (a periodic basis). */
export function basisAt(knots: Knots, memberCount: number): Fill {
  return filled(knots, memberCount, fillValues)
}

/** First derivatives at x. */
export function slopesAt(knots: Knots, memberCount: number): Fill {
  return filled(knots, memberCount, fillSlopes)
}

type Recurrence = (knots: Knots, interval: number, x: number, work: { h: Float64Array; before: Float64Array }) => void

function filled(knots: Knots, memberCount: number, recurrence: Recurrence): Fill {
  const { values, degree } = knots
  const work = { h: new Float64Array(degree + 1), before: new Float64Array(degree + 1) }
  const lastInterval = values.length - degree - 2
  return (x, into) => {
    let interval = degree
    while (interval < lastInterval && x >= values[interval + 1]) interval++
    recurrence(knots, interval, x, work)
    for (let a = 0; a <= degree; a++) {
      const member = interval + a - degree
      into[member < memberCount ? member : member - memberCount] += work.h[a]
    }
  }
}

/** de Boor's recurrence in the order of scipy 1.17, interpolate/src/__fitpack.cc, `_deBoor_D`. */
const fillValues: Recurrence = (knots, interval, x, work) => {
  work.h[0] = 1
  for (let j = 1; j <= knots.degree; j++) raise(knots, { interval, x, j }, work)
}

const fillSlopes: Recurrence = (knots, interval, x, work) => {
  const { values: t, degree } = knots
  const { h, before } = work
  if (degree === 0) return void h.fill(0)
  h[0] = 1
  for (let j = 1; j < degree; j++) raise(knots, { interval, x, j }, work)
  before.set(h)
  h[0] = 0
  for (let n = 1; n <= degree; n++) {
    const high = t[interval + n]
    const low = t[interval + n - degree]
    h[n] = 0
    if (high === low) continue
    const w = (degree * before[n - 1]) / (high - low)
    h[n - 1] -= w
    h[n] = w
  }
}

type Step = { readonly interval: number; readonly x: number; readonly j: number }

/** From degree j − 1 to degree j. */
function raise({ values: t }: Knots, { interval, x, j }: Step, { h, before }: Parameters<Recurrence>[3]): void {
  for (let n = 0; n < j; n++) before[n] = h[n]
  h[0] = 0
  for (let n = 1; n <= j; n++) {
    const high = t[interval + n]
    const low = t[interval + n - j]
    h[n] = 0
    if (high === low) continue
    const w = before[n - 1] / (high - low)
    h[n - 1] += w * (high - x)
    h[n] = w * (x - low)
  }
}
