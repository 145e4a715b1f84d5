// Shallow trees in, tables of complete trees in heap order out: the children of node i are 2i and 2i + 1.

import type { TreeEnsemble } from '../../../regions/tree-ensemble.ts'
import { leafNumbers, treeDepths } from '../../../regions/tree-layout.ts'
import type { KernelMemory } from '../kernel-memory.ts'
import { sequence } from '../wasm/control.ts'
import type { Expression } from '../wasm/expression.ts'
import { i32 } from '../wasm/scalar-instructions.ts'
import { nodeFields } from './node-fields.ts'
import { largestRank, type RankElement } from './rank-block.ts'
import { maxGroupTrees, type TreeGroup, type TreeTables, type Walker } from './tree-tables.ts'

/** Each level doubles the tables: deeper trees are mostly padding. */
const maxHeapDepth = 8

/** Padded leaves a real one: GradientBoosting's are nearly complete; where half is padding, trees are walked as they are. */
const maxPadding = 2.5

export function fitsHeap(region: TreeEnsemble): boolean {
  const depth = deepest(region)
  const leafCount = region.leafValues.length / region.leafWidth
  return depth <= maxHeapDepth && 2 ** depth * (region.treeStart.length - 1) <= maxPadding * leafCount
}

/** Below a leaf come nodes that send every row left, and copies of the leaf. Place 0 of each tree stays empty. */
export function createHeapTables(region: TreeEnsemble, element: RankElement, memory: KernelMemory): TreeTables {
  const depth = deepest(region)
  const width = 2 ** depth
  const trees = region.treeStart.length - 1
  const order = new Int32Array(Math.ceil(trees / maxGroupTrees) * maxGroupTrees).fill(-1)
  for (let tree = 0; tree < trees; tree++) order[tree] = tree
  const fields = nodeFields(element, region.inputs.length)
  const bytes = new Uint8Array(order.length * width * fields.byteLength)
  const view = new DataView(bytes.buffer)
  const leafOf = leafNumbers(region.jump)
  // Leaves are at places `width` and up of their tree, so the table of leaves starts with `width` empty ones.
  const leafSlots = new Int32Array((order.length + 1) * width).fill(-1)
  for (let tree = 0; tree < trees; tree++) {
    const nodes = new Int32Array(2 * width)
    nodes[1] = region.treeStart[tree]
    for (let place = 1; place < width; place++) {
      const node = nodes[place]
      const isLeaf = region.jump[node] === 0
      const rank = isLeaf ? largestRank[element] : region.rank[node]
      fields.write(view, (tree * width + place) * fields.byteLength, rank, isLeaf ? 0 : region.column[node])
      nodes[2 * place] = isLeaf ? node : node + 1
      nodes[2 * place + 1] = isLeaf ? node : node + region.jump[node]
    }
    for (let place = width; place < 2 * width; place++) leafSlots[tree * width + place] = leafOf[nodes[place]]
  }
  const nodeShift = Math.log2(fields.byteLength)
  return {
    order,
    leafSlots,
    address: memory.table(bytes),
    treeByteLength: bytes.length / order.length,
    ...fields,
    walk: (group) => walkHeap(group, depth, nodeShift),
    leafSlot: (cursor) => i32.shrU(cursor, i32.const(nodeShift)),
  }
}

/**
 * Node i of tree t of a group at B has cursor c = B + t · treeBytes + i · nodeBytes; its children are at
 * 2c − B − t · treeBytes and nodeBytes behind that.
 */
function walkHeap({ tree, scope, walkers, readRank, goesRight }: TreeGroup, depth: number, nodeShift: number) {
  const [base, complement] = [scope.local('i32'), scope.local('i32')]
  const shifted = (value: Expression<'i32'>, bits: number) => i32.shl(value, i32.const(bits))
  const treeBytes = 2 ** (depth + nodeShift)
  const nodeBytes = 2 ** nodeShift
  const rootOf = (walker: Walker) => i32.add(base.get, i32.const(walker.tree * treeBytes + nodeBytes))
  const leftOf = (walker: Walker, level: number) =>
    level === 0
      ? i32.add(base.get, i32.const(walker.tree * treeBytes + 2 * nodeBytes))
      : i32.add(i32.add(complement.get, i32.const(1 - walker.tree * treeBytes)), shifted(walker.cursor.get, 1))
  const statements = [
    base.set(shifted(tree.get, depth + nodeShift)),
    // −B − 1: a compiler would turn the sum with −B into a difference, which takes an instruction more.
    complement.set(i32.xor(base.get, i32.const(-1))),
    ...walkers.map((walker) => (depth === 0 ? walker.cursor.set(rootOf(walker)) : readRank(walker, rootOf(walker)))),
  ]
  for (let level = 0; level < depth; level++)
    for (const walker of walkers) {
      const at = level === 0 ? rootOf(walker) : walker.cursor.get
      statements.push(
        walker.cursor.set(i32.add(leftOf(walker, level), shifted(goesRight(walker, at), nodeShift))),
        ...(level + 1 < depth ? [readRank(walker, walker.cursor.get)] : []),
      )
    }
  return sequence(...statements)
}

function deepest(region: TreeEnsemble): number {
  return treeDepths(region).reduce((most, next) => Math.max(most, next), 0)
}
