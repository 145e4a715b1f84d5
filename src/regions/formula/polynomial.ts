// The formula `polynomial`: products of the columns of a row, of every degree of a range.

import { flagField, integerField } from './field.ts'
import { defineFormula } from './define-formula.ts'

/** Terms and their parents are kept for each row function; a real model is far below. */
const termLimit = 1_000_000
/** Each degree is one more pass over the columns. */
const degreeLimit = 1000

type Shape = { readonly width: number; readonly least: number; readonly most: number; readonly isDistinct: boolean }

/**
 * Order of terms and of multiplying from scikit-learn 1.9, preprocessing/_polynomial.py, `PolynomialFeatures.transform`:
 * a term of degree d is one of degree d − 1 times a column at or before its first.
 */
export const polynomial = defineFormula({
  kind: 'polynomial',
  fields: {
    minDegree: integerField(0, degreeLimit),
    maxDegree: integerField(0, degreeLimit),
    /** True where no column stands twice in a term. */
    interactionOnly: flagField,
    /** A first column of ones. */
    includeBias: flagField,
  },
  verify({ inputs, minDegree, maxDegree, interactionOnly, includeBias }, fail) {
    if (minDegree > maxDegree) fail('minDegree', `must be at most ${maxDegree}, got ${minDegree}`)
    const shape = { width: inputs.length, least: minDegree, most: maxDegree, isDistinct: interactionOnly }
    const { all, kept } = countTerms(shape)
    if (all > termLimit) fail('maxDegree', `must make at most ${termLimit} terms of ${inputs.length} columns`)
    return kept + (includeBias ? 1 : 0)
  },
  compile({ inputs, minDegree, maxDegree, interactionOnly, includeBias }) {
    const width = inputs.length
    const shape = { width, least: minDegree, most: maxDegree, isDistinct: interactionOnly }
    const { all, kept } = countTerms(shape)
    const { parent, factor } = layOutTerms(shape, all)
    const terms = new Float64Array(all)
    const skipped = all - kept
    const offset = includeBias ? 1 : 0
    return (input, output) => {
      if (includeBias) output[0] = 1
      for (let term = 0; term < all; term++)
        terms[term] = parent[term] < 0 ? input[factor[term]] : terms[parent[term]] * input[factor[term]]
      for (let term = skipped; term < all; term++) output[offset + term - skipped] = terms[term]
    }
  },
  describe: ({ inputs, minDegree, maxDegree, interactionOnly }) =>
    `${interactionOnly ? 'interactions' : 'terms'} of degree ${minDegree} to ${maxDegree} of ${inputs.length} columns`,
})

/** True where there are few enough terms to keep, in all their degrees. */
export function isFeasible(width: number, most: number, isDistinct: boolean): boolean {
  return most <= degreeLimit && countTerms({ width, least: 0, most, isDistinct }).all <= termLimit
}

/** Terms from degree 1 up, and those of them that are given; stops counting above the limit. */
function countTerms({ width, least, most, isDistinct }: Shape): { all: number; kept: number } {
  let all = 0
  let kept = 0
  let ofDegree = 1
  for (let degree = 1; degree <= most && all <= termLimit; degree++) {
    ofDegree *= (isDistinct ? width - degree + 1 : width + degree - 1) / degree
    if (ofDegree < 0.5) break
    all += Math.round(ofDegree)
    if (degree >= least) kept += Math.round(ofDegree)
  }
  return { all, kept }
}

/** Of each term: which one it multiplies (−1: none), and by which column. */
function layOutTerms({ width, most, isDistinct }: Shape, count: number): { parent: Int32Array; factor: Int32Array } {
  const parent = new Int32Array(count).fill(-1)
  const factor = new Int32Array(count)
  let at = 0
  let from = 0
  for (; at < width && at < count; at++) factor[at] = at
  for (let degree = 2; degree <= most && at < count; degree++) {
    const to = at
    // terms before stand in the order of their first column
    let start = from
    for (let column = 0; column < width; column++) {
      const first = isDistinct ? column + 1 : column
      while (start < to && factor[start] < first) start++
      for (let term = start; term < to; term++, at++) {
        parent[at] = term
        factor[at] = column
      }
    }
    from = to
  }
  return { parent, factor }
}
