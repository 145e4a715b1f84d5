// Vectors of four float32 in, their lanes rearranged, added up or stored out.

import { sequence } from '../wasm/control.ts'
import type { Expression, Statement } from '../wasm/expression.ts'
import type { Local } from '../wasm/local.ts'
import { f32x4, i8x16, v128 } from '../wasm/vector-instructions.ts'
import type { LayerOutput } from './layer-output.ts'

type Vector = Expression<'v128'>

export const zeros: Vector = v128.const(new Array<number>(16).fill(0))

/** Lanes 0 to 3 are those of `a`, 4 to 7 those of `b`. */
export function lanes(a: Vector, b: Vector, order: readonly number[]): Vector {
  return i8x16.shuffle(
    a,
    b,
    order.flatMap((lane) => [0, 1, 2, 3].map((byte) => lane * 4 + byte)),
  )
}

/** Leaves the sum of vector i's lanes in lane i of the first, 0 where there is no vector i; 1 to 4 vectors, all overwritten. */
export function addLanes([a, b, c, d]: readonly Local<'v128'>[]): Statement {
  const halves = (x: Vector, y: Vector) => f32x4.add(lanes(x, y, [0, 1, 4, 5]), lanes(x, y, [2, 3, 6, 7]))
  const pairs = (x: Vector, y: Vector) => f32x4.add(lanes(x, y, [0, 2, 4, 6]), lanes(x, y, [1, 3, 5, 7]))
  return sequence(
    a.set(halves(a.get, b?.get ?? zeros)),
    ...(c === undefined ? [] : [c.set(halves(c.get, d?.get ?? zeros))]),
    a.set(pairs(a.get, c?.get ?? zeros)),
  )
}

/** Stores four rows of one or two columns, each a vector with a row a lane. */
export function storeFourRows(
  target: Expression<'i32'>,
  [first, second]: readonly Vector[],
  { pitch, rowEnd }: LayerOutput,
): Statement {
  const isTight = rowEnd === 'exact'
  if (isTight && second === undefined) return v128.store(target, first)
  const pairs = [
    [0, 4, 1, 5],
    [2, 6, 3, 7],
  ].map((order) => lanes(first, second ?? zeros, order))
  if (isTight) return sequence(...pairs.map((pair, index) => v128.store(target, pair, index * 16)))
  return sequence(
    ...[0, 1, 2, 3].map((row) => {
      const start = (row % 2) * 2
      return v128.store(target, lanes(pairs[row >> 1], zeros, [start, start + 1, 4, 4]), row * pitch * 4)
    }),
  )
}
