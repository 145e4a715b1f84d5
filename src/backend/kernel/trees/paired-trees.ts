// Trees of any shape in, tables of nodes out whose children stand side by side, the left one first.

import type { TreeEnsemble } from '../../../regions/tree-ensemble.ts'
import { leafNumbers, treeDepths } from '../../../regions/tree-layout.ts'
import type { KernelMemory } from '../kernel-memory.ts'
import { countUp, sequence } from '../wasm/control.ts'
import { i32 } from '../wasm/scalar-instructions.ts'
import { placeNodes } from './node-places.ts'
import { nodeFields } from './node-fields.ts'
import { largestRank, type RankElement } from './rank-block.ts'
import { maxGroupTrees, type TreeGroup, type TreeTables } from './tree-tables.ts'

/** A record a tree: cursor of its root, and how many rounds a group takes that it is the deepest of. */
const recordShift = 3

/** Of processors that serve models. */
const lineByteLength = 64

/** Levels of a round; leaves lead to themselves, so a few too many do no harm. */
const roundLevels = 2

/** Deepest trees first, so that those of a group are about as deep as each other. */
export function createPairedTables(region: TreeEnsemble, element: RankElement, memory: KernelMemory): TreeTables {
  const { treeStart, jump } = region
  const depths = treeDepths(region)
  const sorted = Array.from(depths.keys()).sort((a, b) => depths[b] - depths[a])
  const order = new Int32Array(Math.ceil(sorted.length / maxGroupTrees) * maxGroupTrees).fill(-1)
  order.set(sorted)
  const fields = nodeFields(element, region.inputs.length)
  const childOffset = Math.max(4, fields.byteLength)
  const nodeShift = childOffset > 4 ? 4 : 3
  const { nodes, places } = placeNodes(region, order, lineByteLength >> (nodeShift + 1))
  // The last node is the leaf of the empty trees.
  nodes.push(-1)
  const bytes = new Uint8Array(nodes.length << nodeShift)
  const view = new DataView(bytes.buffer)
  const leafOf = leafNumbers(jump)
  const leafSlots = Int32Array.from(nodes, (node) => (node < 0 ? -1 : leafOf[node]))
  nodes.forEach((node, place) => {
    const at = place << nodeShift
    const isLeaf = node < 0 || jump[node] === 0
    if (isLeaf) fields.write(view, at, largestRank[element], 0)
    else fields.write(view, at, region.rank[node], region.column[node])
    view.setUint32(at + childOffset, (isLeaf ? place : places[node + 1]) << nodeShift, true)
  })
  const records = new Uint32Array(order.length * 2)
  order.forEach((tree, i) => {
    records[2 * i] = (tree < 0 ? nodes.length - 1 : places[treeStart[tree]]) << nodeShift
    records[2 * i + 1] = tree < 0 ? 0 : Math.ceil(depths[tree] / roundLevels)
  })
  const address = memory.table(bytes)
  const recordsAddress = memory.table(records)
  return {
    order,
    leafSlots,
    address,
    treeByteLength: bytes.length / order.length,
    ...fields,
    walk: (group) => walkPairs(group, { recordsAddress, childAddress: address + childOffset, nodeShift }),
    leafSlot: (cursor) => i32.shrU(cursor, i32.const(nodeShift)),
  }
}

function walkPairs(
  { tree, scope, walkers, readRank, goesRight }: TreeGroup,
  { recordsAddress, childAddress, nodeShift }: { recordsAddress: number; childAddress: number; nodeShift: number },
) {
  const [record, rounds, round] = [scope.local('i32'), scope.local('i32'), scope.local('i32')]
  const begin = walkers.flatMap((walker) => [
    walker.cursor.set(i32.load(record.get, recordsAddress + (walker.tree << recordShift))),
    readRank(walker, walker.cursor.get),
  ])
  const step = walkers.flatMap((walker) => {
    const { cursor } = walker
    const right = i32.shl(goesRight(walker, cursor.get), i32.const(nodeShift))
    return [cursor.set(i32.add(i32.load(cursor.get, childAddress), right)), readRank(walker, cursor.get)]
  })
  const steps = Array.from({ length: roundLevels }, () => step).flat()
  return sequence(
    record.set(i32.shl(tree.get, i32.const(recordShift))),
    ...begin,
    rounds.set(i32.load(record.get, recordsAddress + 4)),
    countUp(round, { end: rounds.get }, sequence(...steps)),
  )
}
