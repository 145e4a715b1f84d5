// The formula `splines`: each column as the values of its B-spline basis.

import { assertFinite, assertLength } from '../table-checks.ts'
import { basisAt, type Knots, slopesAt } from './b-spline.ts'
import { defineFormula } from './define-formula.ts'
import { choiceField, flagField, integerField, numbersField } from './field.ts'

/** A basis of degree 100 has no digits left; hostile files must not ask for work without end. */
const degreeLimit = 100

/** Source: scikit-learn 1.9, preprocessing/_polynomial.py, `SplineTransformer.transform`. */
export const splines = defineFormula({
  kind: 'splines',
  fields: {
    /** [inputs, knotCount]: ascending in each row. Not a table, which quantizing would move: the ends must be met exactly. */
    knots: numbersField,
    knotCount: integerField(2),
    degree: integerField(0, degreeLimit),
    /** Outside the base interval; `error` gives NaN there, where the source fails. */
    extrapolation: choiceField('error', 'constant', 'linear', 'continue', 'periodic'),
    /** False drops the last function of each column. */
    includeBias: flagField,
  },
  verify({ inputs, knots, knotCount, degree, extrapolation, includeBias }, fail) {
    assertLength(fail, 'knots', knots, inputs.length * knotCount)
    assertFinite(fail, 'knots', knots)
    if (knotCount < 2 * degree + 2) fail('knotCount', `must be at least ${2 * degree + 2} for degree ${degree}`)
    for (let i = 1; i < knots.length; i++)
      if (i % knotCount !== 0 && knots[i] < knots[i - 1])
        fail('knots', `must ascend, got ${knots[i]} after ${knots[i - 1]}`)
    const functions = functionCount(knotCount, degree, extrapolation)
    return inputs.length * (includeBias ? functions : functions - 1)
  },
  compile({ inputs, knots, knotCount, degree, extrapolation, includeBias }) {
    const functions = functionCount(knotCount, degree, extrapolation)
    const width = includeBias ? functions : functions - 1
    const values = new Float64Array(functions)
    const columns = inputs.map((_, input) => {
      const own = Float64Array.from(knots.slice(input * knotCount, (input + 1) * knotCount))
      return columnSplines({ values: own, degree }, input, { extrapolation, functions })
    })
    return (input, output) => {
      for (let column = 0; column < columns.length; column++) {
        values.fill(0)
        // a missing value, where the source takes one, is zeros
        if (!Number.isNaN(input[column])) columns[column](input[column], values)
        for (let k = 0; k < width; k++) output[column * width + k] = values[k]
      }
    }
  },
  describe: ({ inputs, degree, extrapolation }) =>
    `${inputs.length} columns, degree ${degree}, extrapolation ${extrapolation}`,
})

type Extrapolation = 'error' | 'constant' | 'linear' | 'continue' | 'periodic'
type Fill = (x: number, into: Float64Array) => void

function functionCount(knots: number, degree: number, extrapolation: Extrapolation): number {
  const all = knots - degree - 1
  return extrapolation === 'periodic' ? all - degree : all
}

function columnSplines(
  knots: Knots,
  column: number,
  { extrapolation, functions }: { readonly extrapolation: Extrapolation; readonly functions: number },
): Fill {
  const { values: t, degree } = knots
  const first = t[degree]
  const last = t[t.length - degree - 1]
  const basis = basisAt(knots, functions)
  switch (extrapolation) {
    case 'continue':
      return basis
    case 'periodic': {
      const period = last - first
      return (x, into) => {
        const past = (x - first) % period
        basis(period > 0 ? first + (past < 0 ? past + period : past) : 0, into)
      }
    }
    case 'error':
      return (x, into) => {
        if (x < first || x > last) into.fill(Number.NaN)
        else basis(x, into)
      }
    case 'constant': {
      const [low, high] = [endValues(basis, first, functions), endValues(basis, last, functions)]
      return (x, into) => {
        if (x < first) for (let k = 0; k < degree; k++) into[k] = low[k]
        else if (x > last) for (let k = functions - degree; k < functions; k++) into[k] = high[k]
        else basis(x, into)
      }
    }
    case 'linear':
      return linearlyOutside(knots, column, { basis, functions })
  }
}

/**
 * The source counts `degree` up while it goes through the columns (to 2 at most, where it begins below 2), and takes the
 * ends of the base interval by it: columns after the first then have theirs further inside.
 */
function linearlyOutside(
  knots: Knots,
  column: number,
  { basis, functions }: { readonly basis: Fill; readonly functions: number },
): Fill {
  const { values: t, degree } = knots
  const startDegree = degree > 1 ? degree : Math.min(2, degree + column)
  const count = startDegree <= 1 ? startDegree + 1 : startDegree
  const first = t[Math.min(startDegree, t.length - 1)]
  const last = t[Math.max(0, t.length - startDegree - 1)]
  const slopes = slopesAt(knots, functions)
  const [low, high] = [endValues(basis, first, functions), endValues(basis, last, functions)]
  const [lowSlope, highSlope] = [endValues(slopes, first, functions), endValues(slopes, last, functions)]
  return (x, into) => {
    const isInside = first <= x && x <= last
    if (isInside) basis(x, into)
    for (let j = 0; j < count && j < functions; j++) {
      const k = functions - 1 - j
      if (x < first) into[j] = low[j] + (x - first) * lowSlope[j]
      if (x > last) into[k] = high[k] + (x - last) * highSlope[k]
    }
  }
}

function endValues(fill: Fill, x: number, count: number): Float64Array {
  const values = new Float64Array(count)
  fill(x, values)
  return values
}
