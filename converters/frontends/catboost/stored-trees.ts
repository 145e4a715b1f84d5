// Trees of a CatBoost file, symmetric or not, in; their nodes as the shared layout reads them out.

import { catboostLimitError, catboostLimits } from '../../formats/catboost/catboost-limits.ts'
import type { StoredTree } from '../sklearn/split-layout.ts'
import type { RecordReader } from '../xgboost/record-reader.ts'
import type { Split, SplitReader } from './splits.ts'

export type CatboostTree = StoredTree & { readonly hasCover: boolean }

type Context = {
  readonly splits: SplitReader
  /** Values of a leaf. */
  readonly width: number
  readonly scale: number
  readonly spend: (nodeCount: number) => void
}

/**
 * All nodes of a level test the same; the outcomes are the bits of the leaf's number, the first split the lowest bit
 * (libs/model/cpu/evaluator_impl.cpp of 1.2). Inner nodes come level by level, the right half of a level after the left.
 */
export function readSymmetricTree(tree: RecordReader, { splits, width, scale, spend }: Context): CatboostTree {
  const tests = tree.has('splits') ? tree.records('splits') : []
  const depth = tests.length
  if (depth > catboostLimits.treeDepth) throw catboostLimitError('treeDepth', depth)
  const leafCount = 2 ** depth
  const inner = leafCount - 1
  spend(inner + leafCount)
  const levels = tests.map((test) => splits.read(test))
  const values = leafValues(tree, 'leaf_values', leafCount * width)
  const weights = tree.has('leaf_weights') ? tree.numbers('leaf_weights', leafCount) : undefined
  const tables = new NodeTables(inner + leafCount)
  for (let level = 0, node = 0; level < depth; level++) {
    const first = 2 ** (level + 1) - 1
    for (let path = 0; path < 2 ** level; path++, node++)
      tables.setSplit(node, levels[level], [first + path, first + path + 2 ** level])
  }
  weights?.forEach((weight, leaf) => (tables.cover[inner + leaf] = weight))
  return {
    ...tables.parts(),
    isLeaf: (node) => node >= inner,
    hasCover: weights !== undefined,
    writeLeaf: (node, target, offset) => {
      for (let k = 0; k < width; k++) target[offset + k] = values[(node - inner) * width + k] * scale
    },
  }
}

/** A record has a split and two records below it, or a value; grow_policy Lossguide, Depthwise and Region. */
export function readTree(root: RecordReader, { splits, width, scale, spend }: Context): CatboostTree {
  const nodes = [root]
  const children: (readonly [number, number] | undefined)[] = []
  for (let node = 0; node < nodes.length; node++) {
    const record = nodes[node]
    spend(1)
    if (record.has('split')) {
      children.push([nodes.length, nodes.length + 1])
      nodes.push(record.record('left'), record.record('right'))
    } else children.push(undefined)
  }
  const tables = new NodeTables(nodes.length)
  const values = new Map<number, Float64Array>()
  let hasCover = true
  nodes.forEach((record, node) => {
    const below = children[node]
    if (below !== undefined) return tables.setSplit(node, splits.read(record.record('split')), below)
    values.set(
      node,
      typeof record.value('value') === 'number' && width === 1
        ? Float64Array.of(record.finite('value'))
        : leafValues(record, 'value', width),
    )
    if (record.has('weight')) tables.cover[node] = record.finite('weight')
    else hasCover = false
  })
  return {
    ...tables.parts(),
    isLeaf: (node) => children[node] === undefined,
    hasCover,
    writeLeaf: (node, target, offset) => values.get(node)?.forEach((value, k) => (target[offset + k] = value * scale)),
  }
}

function leafValues(record: RecordReader, name: string, count: number): Float64Array {
  const values = record.numbers(name, count)
  if (values.every(Number.isFinite)) return values
  throw record.corrupt(name, 'finite numbers', 'NaN or infinity')
}

class NodeTables {
  readonly cover: Float64Array
  readonly #left: Int32Array
  readonly #right: Int32Array
  readonly #feature: Int32Array
  readonly #threshold: Float64Array
  readonly #missingLeft: Uint8Array
  readonly #categorySet: Int32Array

  constructor(nodeCount: number) {
    this.cover = new Float64Array(nodeCount)
    this.#left = new Int32Array(nodeCount)
    this.#right = new Int32Array(nodeCount)
    this.#feature = new Int32Array(nodeCount)
    this.#threshold = new Float64Array(nodeCount)
    this.#missingLeft = new Uint8Array(nodeCount)
    this.#categorySet = new Int32Array(nodeCount).fill(-1)
  }

  setSplit(
    node: number,
    { column, threshold, missingLeft, categorySet }: Split,
    [left, right]: readonly [number, number],
  ): void {
    this.#left[node] = left
    this.#right[node] = right
    this.#feature[node] = column
    this.#threshold[node] = threshold
    this.#missingLeft[node] = missingLeft ? 1 : 0
    this.#categorySet[node] = categorySet
  }

  parts() {
    const categorySet = this.#categorySet
    return {
      nodeCount: categorySet.length,
      left: this.#left,
      right: this.#right,
      feature: this.#feature,
      threshold: this.#threshold,
      missingLeft: this.#missingLeft,
      categorySet: (node: number) => categorySet[node],
      cover: this.cover,
    }
  }
}
