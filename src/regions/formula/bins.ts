// The number of a bin from ascending edges, as functions that a `map` formula may apply.

import { countBelow } from '../ranks.ts'
import type { FunctionSpec, NumberFunction } from './number-function.ts'

export const bins = {
  /** (edges …): how many edges are at or below x; NaN counts as above all, as in numpy.searchsorted. */
  bins: { issueOf: edgesIssue, make: (edges) => countFrom(edges) },
  /** (edges …): the same of x + 1e-8 + 1e-5 · |x|, as KBinsDiscretizer of scikit-learn 1.0 had it. */
  'loose-bins': {
    issueOf: edgesIssue,
    make: (edges) => {
      const count = countFrom(edges)
      return (x) => count(x + (1e-8 + 1e-5 * Math.abs(x)))
    },
  },
} as const satisfies Readonly<Record<string, FunctionSpec>>

function edgesIssue(edges: readonly number[]): string | undefined {
  for (let i = 0; i < edges.length; i++) {
    if (Number.isNaN(edges[i])) return 'must have edges that are numbers, got NaN'
    if (i > 0 && edges[i] < edges[i - 1]) return `must have ascending edges, got ${edges[i]} after ${edges[i - 1]}`
  }
  return undefined
}

function countFrom(edges: readonly number[]): NumberFunction {
  const sorted = Float64Array.from(edges)
  return (x) => {
    if (Number.isNaN(x)) return sorted.length
    let at = countBelow(sorted, x)
    while (at < sorted.length && sorted[at] === x) at++
    return at
  }
}
