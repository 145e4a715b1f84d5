// A number of leaves in, the form that takes the tests of a tree of any shape one after the other, parents first, out.

import { repeatWhile, sequence } from '../wasm/control.ts'
import type { Statement } from '../wasm/expression.ts'
import type { Local } from '../wasm/local.ts'
import { i32 } from '../wasm/scalar-instructions.ts'
import { i8x16, v128 } from '../wasm/vector-instructions.ts'
import {
  type FormScope,
  type LaneForm,
  never,
  type PlacedTree,
  type WalkCode,
  type WrittenTests,
} from './lanes-form.ts'

const recordByteLength = 5

/**
 * A row's position is the leftmost leaf that it may still reach. The test of a node whose leftmost leaf that is moves it on to
 * the leftmost leaf on the right; a row that does not pass the node is elsewhere, so the test leaves it alone.
 */
export function chainForm(tableCount: number): LaneForm {
  const most = tableCount * 16
  return {
    title: `test after test, up to ${most} leaves`,
    tableCount,
    packSize: 2,
    cost: ({ leafCount }) => (leafCount <= most ? 8 * (leafCount - 1) : Infinity),
    write: writeChain,
    emit: emitChain,
  }
}

/** Number of tests (4 bytes), then a record each: column offset (2 bytes), threshold, leftmost leaf, leftmost leaf on the right. */
function writeChain({ tree, placeOf, leafCount }: PlacedTree): WrittenTests {
  const { nodes } = tree
  const leafNodes: number[] = []
  const firstLeaf = nodes.map((node, at) => (node.kind === 'leaf' ? leafNodes.push(at) - 1 : leafNodes.length))
  const bytes: number[] = []
  const record = ({ byteOffset, threshold }: typeof never, from: number, to: number): void => {
    bytes.push(byteOffset & 255, byteOffset >> 8, threshold & 255, from, to)
  }
  let count = 0
  nodes.forEach((node, at) => {
    if (node.kind === 'leaf') return
    record(placeOf(at), firstLeaf[at], firstLeaf[at + node.jump])
    count++
  })
  const padded = Math.max(1, leafCount - 1)
  for (; count < padded; count++) record(never, 0, 0)
  return { bytes: [count, 0, 0, 0, ...bytes], leafNodes }
}

function emitChain({ scope, trees, leavesByteLength, groups, columnsAddress }: FormScope): WalkCode {
  const rest = scope.local('i32')
  const column = scope.local('i32')
  const [threshold, from, to] = [scope.local('v128'), scope.local('v128'), scope.local('v128')]
  const positions = trees.map(() => Array.from({ length: groups }, () => scope.local('v128')))
  const testOf = (tree: Local<'i32'>, t: number): Statement[] => [
    column.set(i32.load16U(tree.get)),
    threshold.set(v128.load8Splat(tree.get, 2)),
    from.set(v128.load8Splat(tree.get, 3)),
    to.set(v128.load8Splat(tree.get, 4)),
    ...positions[t].map((reached, g) => {
      const isRight = i8x16.gtS(v128.load(column.get, columnsAddress + 16 * g), threshold.get)
      // What need not wait for the test before is combined first.
      const target = v128.and(isRight, to.get)
      return reached.set(i8x16.maxU(reached.get, v128.and(target, i8x16.eq(reached.get, from.get))))
    }),
    tree.set(i32.add(tree.get, i32.const(recordByteLength))),
  ]
  const distance = i32.add(i32.mul(rest.get, i32.const(recordByteLength)), i32.const(4 + leavesByteLength))
  return {
    before: sequence(),
    walk: sequence(
      rest.set(i32.load(trees[0].get)),
      ...trees.slice(1).map((tree, t) => tree.set(i32.add(trees[t].get, distance))),
      ...trees.map((tree) => tree.set(i32.add(tree.get, i32.const(4)))),
      ...positions.flat().map((reached) => reached.set(i8x16.splat(i32.const(0)))),
      // One test of a tree a turn: the compiler would load the columns of all tests of a turn first, and run out of registers.
      repeatWhile(sequence(...trees.flatMap(testOf)), rest.tee(i32.sub(rest.get, i32.const(1)))),
    ),
    positionIn(tree, group, table) {
      const { get } = positions[tree][group]
      return table === 0 ? get : i8x16.sub(get, i8x16.splat(i32.const(16 * table)))
    },
  }
}
