// An ensemble in, from how many rows on it is faster to make all its tests for many rows at once than to walk it row by row out.

import type { TreeEnsemble } from '../../../regions/tree-ensemble.ts'
import { fitsHeap } from './heap-trees.ts'

/** Nanoseconds, measured on one machine; what counts is how they compare. */
const stepCosts = { inHeap: 0.5, elsewhere: 0.92 } as const

/** Of a test of so many rows at once; the last stands for all above. */
const testCosts = [
  { rows: 16, cost: 0.85 },
  { rows: 32, cost: 1.15 },
  { rows: 64, cost: 2.2 },
] as const

/** Undefined where walking is never slower: trees of hundreds of leaves, of which a row passes ten tests. */
export function leastLaneRows(region: TreeEnsemble): number | undefined {
  const { tests, steps } = countSteps(region)
  const walkCost = steps * (fitsHeap(region) ? stepCosts.inHeap : stepCosts.elsewhere)
  let fewest = 1
  for (const { rows, cost } of testCosts) {
    const least = Math.max(fewest, Math.ceil((tests * cost) / walkCost))
    if (least <= rows) return least
    fewest = rows + 1
  }
  return undefined
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
