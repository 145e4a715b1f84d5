// Trees of any shape in, tables of nodes out whose children stand side by side, the left one first.

import type { TreeEnsemble } from '../../../regions/tree-ensemble.ts'
import { leafNumbers, treeDepths } from '../../../regions/tree-layout.ts'
import type { KernelMemory } from '../kernel-memory.ts'
import { countUp, sequence } from '../wasm/control.ts'
import { i32 } from '../wasm/scalar-instructions.ts'
import { nodeFields } from './node-fields.ts'
import { largestRank, type RankElement } from './rank-block.ts'
import { maxGroupTrees, type TreeGroup, type TreeTables } from './tree-tables.ts'

/** A record a tree: cursor of its root, and how many rounds a group takes that it is the deepest of. */
const recordShift = 3

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
  // The last node is the leaf of the empty trees.
  const nodeCount = jump.length + 1
  const bytes = new Uint8Array(nodeCount << nodeShift)
  const view = new DataView(bytes.buffer)
  const records = new Uint32Array(order.length * 2)
  const leafSlots = new Int32Array(nodeCount).fill(-1)
  const leafOf = leafNumbers(jump)
  const writeLeaf = (place: number): void => {
    fields.write(view, place << nodeShift, largestRank[element], 0)
    view.setUint32((place << nodeShift) + childOffset, place << nodeShift, true)
  }
  writeLeaf(nodeCount - 1)
  let end = 0
  order.forEach((tree, i) => {
    records[2 * i] = (tree < 0 ? nodeCount - 1 : end) << nodeShift
    if (tree < 0) return
    records[2 * i + 1] = Math.ceil(depths[tree] / roundLevels)
    const waiting = [{ node: treeStart[tree], place: end++ }]
    for (let next = 0; next < waiting.length; next++) {
      const { node, place } = waiting[next]
      if (jump[node] === 0) {
        writeLeaf(place)
        leafSlots[place] = leafOf[node]
        continue
      }
      fields.write(view, place << nodeShift, region.rank[node], region.column[node])
      view.setUint32((place << nodeShift) + childOffset, end << nodeShift, true)
      waiting.push({ node: node + 1, place: end }, { node: node + jump[node], place: end + 1 })
      end += 2
    }
  })
  const address = memory.table(bytes)
  const recordsAddress = memory.table(records)
  return {
    order,
    leafSlots,
    address,
    ...fields,
    walk: (group) => walkPairs(group, { recordsAddress, childAddress: address + childOffset, nodeShift }),
    leafSlot: (cursor) => i32.shrU(cursor, i32.const(nodeShift)),
  }
}

function walkPairs(
  { tree, scope, cursors, goesRight }: TreeGroup,
  { recordsAddress, childAddress, nodeShift }: { recordsAddress: number; childAddress: number; nodeShift: number },
) {
  const [record, rounds, round] = [scope.local('i32'), scope.local('i32'), scope.local('i32')]
  const start = [record.set(i32.shl(tree.get, i32.const(recordShift)))]
  cursors.forEach((rows, t) => {
    for (const cursor of rows) start.push(cursor.set(i32.load(record.get, recordsAddress + (t << recordShift))))
  })
  const steps = Array.from({ length: roundLevels }, () =>
    cursors.flatMap((rows) =>
      rows.map((cursor, row) =>
        cursor.set(
          i32.add(i32.load(cursor.get, childAddress), i32.shl(goesRight(cursor.get, row), i32.const(nodeShift))),
        ),
      ),
    ),
  ).flat()
  return sequence(
    ...start,
    rounds.set(i32.load(record.get, recordsAddress + 4)),
    countUp(round, { end: rounds.get }, sequence(...steps)),
  )
}
