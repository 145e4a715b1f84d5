// The trees of a booster and its best round in; how many of the trees answer out.

import type { Learner } from './learner.ts'
import type { RecordReader } from './record-reader.ts'
import type { XgboostTree } from './stored-trees.ts'

type Ensemble = { readonly trees: readonly XgboostTree[]; readonly width: number }

/** A round has `num_parallel_tree` trees for each output; since 2.0 the file says where each round begins. */
export function keptTreeCount(learner: Learner, model: RecordReader, { trees, width }: Ensemble): number {
  const { roundCount, parallelTreeCount = 1 } = learner.wrapper
  if (roundCount === undefined) return trees.length
  if (model.has('iteration_indptr')) {
    const starts = model.numbers('iteration_indptr')
    if (roundCount >= starts.length) return trees.length
    const count = starts[roundCount]
    if (Number.isInteger(count) && count >= 0 && count <= trees.length) return count
    throw model.corrupt('iteration_indptr', `numbers of trees up to ${trees.length}`, String(count))
  }
  const parallel = Math.max(1, model.record('gbtree_model_param').count('num_parallel_tree', parallelTreeCount))
  const vectors = trees.length > 0 && trees[0].leafWidth > 1
  return Math.min(trees.length, roundCount * parallel * (vectors ? 1 : width))
}
