// A depth in, the form that makes all tests of a tree padded to that depth, and folds their answers into a leaf's position, out.

import { sequence } from '../wasm/control.ts'
import type { Statement } from '../wasm/expression.ts'
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

/**
 * A subtree's position is negative: −p for its leaf number p. A test's mask is −1 or 0, which for the lowest tests is
 * the position itself; above, it is min(left, mask & (right − 2^(height − 1))), since what lies right is always less.
 */
export function completeForm(depth: number): LaneForm {
  const tests = 2 ** depth - 1
  const tableCount = Math.ceil(2 ** depth / 16)
  return {
    title: `complete to depth ${depth}`,
    tableCount,
    packSize: 1,
    cost: (tree) => (tree.depth <= depth ? 6 * tests : Infinity),
    write: (placed) => writeComplete(placed, depth),
    emit: (form) => emitComplete(form, depth),
  }
}

/** Column offsets (2 bytes each), then thresholds: children before their parent, left before right. */
function writeComplete({ tree, placeOf }: PlacedTree, depth: number): WrittenTests {
  const offsets: number[] = []
  const thresholds: number[] = []
  const leafNodes: number[] = []
  const visit = (at: number, height: number): void => {
    if (height === 0) {
      leafNodes.push(at)
      return
    }
    const node = at < 0 ? undefined : tree.nodes[at]
    const isTest = node?.kind === 'test'
    visit(isTest ? at + 1 : at, height - 1)
    visit(isTest ? at + node.jump : -1, height - 1)
    const { byteOffset, threshold } = isTest ? placeOf(at) : never
    offsets.push(byteOffset & 255, byteOffset >> 8)
    thresholds.push(threshold & 255)
  }
  visit(0, depth)
  return { bytes: [...offsets, ...thresholds], leafNodes }
}

function emitComplete({ scope, trees: [tree], groups, columnsAddress }: FormScope, depth: number): WalkCode {
  const tests = 2 ** depth - 1
  const vectors = () => Array.from({ length: groups }, () => scope.local('v128'))
  const column = scope.local('i32')
  const threshold = scope.local('v128')
  const result = vectors()
  const waiting = Array.from({ length: depth + 1 }, vectors)
  const distance = Array.from({ length: depth + 1 }, () => scope.local('v128'))
  let next = 0

  const fold = (height: number): Statement[] => {
    const below: Statement[] = []
    if (height > 1) {
      below.push(...fold(height - 1))
      for (let g = 0; g < groups; g++) below.push(waiting[height][g].set(result[g].get))
      below.push(...fold(height - 1))
    }
    const at = next++
    const statements = [
      ...below,
      column.set(i32.load16U(tree.get, 2 * at)),
      threshold.set(v128.load8Splat(tree.get, 2 * tests + at)),
    ]
    for (let g = 0; g < groups; g++) {
      const mask = i8x16.gtS(v128.load(column.get, columnsAddress + 16 * g), threshold.get)
      if (height === 1) statements.push(result[g].set(mask))
      else {
        const right = i8x16.sub(result[g].get, distance[height].get)
        statements.push(result[g].set(i8x16.minS(waiting[height][g].get, v128.and(mask, right))))
      }
    }
    return statements
  }
  const distances: Statement[] = []
  for (let height = 2; height <= depth; height++)
    distances.push(distance[height].set(i8x16.splat(i32.const(2 ** (height - 1)))))
  return {
    before: sequence(...distances),
    walk: sequence(...fold(depth), tree.set(i32.add(tree.get, i32.const(3 * tests)))),
    positionIn: (_, group, table) => i8x16.sub(i8x16.splat(i32.const(-16 * table)), result[group].get),
  }
}
