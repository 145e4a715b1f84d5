// A mask of two float64 lanes in, two int32 of 0 or 1 in the lower half out.

import type { Expression } from '../wasm/expression.ts'
import { i32 } from '../wasm/scalar-instructions.ts'
import { i32x4, i8x16, v128 } from '../wasm/vector-instructions.ts'

export function onesOf(mask: Expression<'v128'>): Expression<'v128'> {
  const low = i8x16.shuffle(mask, mask, [0, 1, 2, 3, 8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11])
  return v128.and(low, i32x4.splat(i32.const(1)))
}
