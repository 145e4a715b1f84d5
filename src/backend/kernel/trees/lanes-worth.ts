// An ensemble in, from how many rows on it is faster to make all its tests for many rows at once than to walk it row by row out.

import type { TreeEnsemble } from '../../../regions/tree-ensemble.ts'
import { fitsHeap } from './heap-trees.ts'

/** Nanoseconds measured on one machine; what counts is how they compare. */
const costs = {
  /** A test of 16 rows, and of 64. */
  test: { few: 1.2, many: 2.2 },
  /** A step of one row, eight rows side by side. */
  step: { inHeap: 0.5, elsewhere: 0.92 },
} as const

const [few, many] = [16, 64]

/** Undefined where walking is never slower: trees of hundreds of leaves, of which a row passes ten tests. */
export function leastLaneRows(region: TreeEnsemble): number | undefined {
  const walk = fitsHeap(region) ? costs.step.inHeap : costs.step.elsewhere
  const { tests, steps } = countSteps(region)
  if (steps === 0) return undefined
  const atOnce = (tests * costs.test.few) / (steps * walk)
  const most = (tests * costs.test.many) / (steps * walk)
  if (most > many) return undefined
  return Math.ceil(most <= few ? atOnce : Math.max(most, few + 1))
}

/** Tests of all trees, and how many a row makes that ends in any leaf alike. */
function countSteps({ treeStart, jump }: TreeEnsemble): { tests: number; steps: number } {
  const depths = new Int32Array(jump.length)
  let tests = 0
  let steps = 0
  for (let tree = 0; tree + 1 < treeStart.length; tree++) {
    let leaves = 0
    let below = 0
    for (let node = treeStart[tree]; node < treeStart[tree + 1]; node++) {
      if (jump[node] === 0) {
        leaves++
        below += depths[node]
        continue
      }
      tests++
      depths[node + 1] = depths[node] + 1
      depths[node + jump[node]] = depths[node] + 1
    }
    steps += below / leaves
  }
  return { tests, steps }
}
