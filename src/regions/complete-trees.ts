// Trees in, tables of complete trees out, level by level; and the tables in, the same trees out.

import type { NamedTensor } from '../artifact/tensor.ts'
import { type LeafBooks, leafTensors, leafValuesOf } from './leaf-books.ts'
import type { CompleteTrees } from './stored-shape.ts'
import type { TreeEnsemble } from './tree-ensemble.ts'
import { leafNumbers } from './tree-layout.ts'

/** `column` and `rank` list the levels one after the other; `part` and a length give a tensor's values. */
export type ReadTensor = (part: string, length: number) => Float64Array

export type TreeNaming = {
  /** Of a tensor with a part of the trees. */
  readonly name: (part: string) => string
  readonly books?: LeafBooks
}

export type TreeTables = Pick<TreeEnsemble, 'treeStart' | 'jump' | 'column' | 'rank' | 'leafValues' | 'cover'>

/**
 * Level d has trees · 2^d nodes; the children of node p of level d are p (left) and p + trees · 2^d (right) of level
 * d + 1. Below a leaf come pads of rank `never`, which every row leaves to the left, and copies of the leaf.
 */
export function padTrees(
  region: TreeEnsemble,
  { trees, depth, never }: CompleteTrees,
  naming: TreeNaming,
): NamedTensor[] {
  const { name } = naming
  const innerCount = trees * (2 ** depth - 1)
  const column = new Float64Array(innerCount)
  const rank = new Float64Array(innerCount).fill(never)
  let nodes = region.treeStart.slice(0, trees)
  for (let level = 0, at = 0; level < depth; level++) {
    const next = new Int32Array(nodes.length * 2)
    for (let p = 0; p < nodes.length; p++, at++) {
      const node = nodes[p]
      const isLeaf = region.jump[node] === 0
      if (!isLeaf) {
        column[at] = region.column[node]
        rank[at] = region.rank[node]
      }
      next[p] = isLeaf ? node : node + 1
      next[p + nodes.length] = isLeaf ? node : node + region.jump[node]
    }
    nodes = next
  }
  return [
    { name: name('column'), role: 'structure', shape: [innerCount], values: column, dtype: 'int32' },
    { name: name('rank'), role: 'structure', shape: [innerCount], values: rank, dtype: 'float32' },
    ...bottomTensors(region, nodes, naming),
  ]
}

/** A leaf's cover stands at its first copy, the leftmost; the others have 0. */
function bottomTensors(region: TreeEnsemble, nodes: Int32Array, { name, books }: TreeNaming): NamedTensor[] {
  const { leafWidth, leafValues, cover } = region
  const leafOf = leafNumbers(region.jump)
  const values = new Float64Array(nodes.length * leafWidth)
  const covers = new Float64Array(nodes.length)
  const seen = new Uint8Array(leafOf.length)
  for (let p = 0; p < nodes.length; p++) {
    const leaf = leafOf[nodes[p]]
    for (let k = 0; k < leafWidth; k++) values[p * leafWidth + k] = leafValues[leaf * leafWidth + k]
    if (cover.length > 0 && seen[leaf] === 0) covers[p] = cover[leaf]
    seen[leaf] = 1
  }
  const tensors = leafTensors({ values, count: nodes.length, width: leafWidth }, books, name)
  if (cover.length > 0)
    tensors.push({ name: name('cover'), role: 'cover', shape: [nodes.length], values: covers, dtype: 'float32' })
  return tensors
}

export function pruneTrees(stored: CompleteTrees, read: ReadTensor): TreeTables {
  const { trees, depth, never, leafWidth, hasCover, books } = stored
  const leafTotal = trees * 2 ** depth
  const columns = read('column', leafTotal - trees)
  const ranks = read('rank', leafTotal - trees)
  const leaves = leafValuesOf(books, { count: leafTotal, width: leafWidth }, read)
  const covers = hasCover ? read('cover', leafTotal) : new Float64Array(0)
  const tables = { jump: [] as number[], column: [] as number[], rank: [] as number[] }
  const leafValues: number[] = []
  const cover: number[] = []
  const treeStart = new Int32Array(trees + 1)

  for (let tree = 0; tree < trees; tree++) {
    treeStart[tree] = tables.jump.length
    // Nodes still to visit, left before right: level, position, and the parent that waits for its right child.
    const stack: { level: number; p: number; parent: number }[] = [{ level: 0, p: tree, parent: -1 }]
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      const { level, p, parent } = next
      const node = tables.jump.length
      if (parent >= 0) tables.jump[parent] = node - parent
      tables.jump.push(0)
      const width = trees * 2 ** level
      const at = width - trees + p
      if (level === depth || ranks[at] === never) {
        tables.column.push(0)
        tables.rank.push(0)
        for (let k = 0; k < leafWidth; k++) leafValues.push(leaves[p * leafWidth + k])
        if (hasCover) cover.push(covers[p])
        continue
      }
      tables.column.push(columns[at])
      tables.rank.push(ranks[at])
      stack.push({ level: level + 1, p: p + width, parent: node }, { level: level + 1, p, parent: -1 })
    }
  }
  treeStart[trees] = tables.jump.length
  return {
    treeStart,
    jump: Int32Array.from(tables.jump),
    column: Int32Array.from(tables.column),
    rank: Int32Array.from(tables.rank),
    leafValues: Float64Array.from(leafValues),
    cover: Float64Array.from(cover),
  }
}
