// Values of emitted code in, the statements that write them as one element of a block out.

import { createError } from '../../../errors.ts'
import type { ElementType } from '../kernel-stage.ts'
import type { Expression, Statement } from '../wasm/expression.ts'
import { f32, f64, i32 } from '../wasm/scalar-instructions.ts'
import { f32x4, v128 } from '../wasm/vector-instructions.ts'

type Address = Expression<'i32'>

export const maxInteger = {
  u8: 0xff,
  u16: 0xffff,
  i32: 2 ** 31 - 1,
  f32: 2 ** 24,
  f64: 2 ** 53,
} as const satisfies Record<ElementType, number>

export function storeInteger(
  element: ElementType,
  address: Address,
  value: Expression<'i32'>,
  byteOffset = 0,
): Statement {
  switch (element) {
    case 'u8':
      return i32.store8(address, value, byteOffset)
    case 'u16':
      return i32.store16(address, value, byteOffset)
    case 'i32':
      return i32.store(address, value, byteOffset)
    case 'f32':
      return f32.store(address, f32.convertI32S(value), byteOffset)
    case 'f64':
      return f64.store(address, f64.convertI32S(value), byteOffset)
  }
}

export function storeNumber(
  element: ElementType,
  address: Address,
  value: Expression<'f64'>,
  byteOffset = 0,
): Statement {
  if (element === 'f64') return f64.store(address, value, byteOffset)
  assertFloat(element)
  return f32.store(address, f32.demoteF64(value), byteOffset)
}

/** Two float64 as two neighbouring elements; `lanes: 1` writes the first alone. */
export function storePair(
  element: ElementType,
  { address, value, lanes }: { address: Address; value: Expression<'v128'>; lanes: 1 | 2 },
): Statement {
  if (element === 'f64') return lanes === 2 ? v128.store(address, value) : v128.store64Lane(address, value, 0)
  assertFloat(element)
  const single = f32x4.demoteF64x2Zero(value)
  return lanes === 2 ? v128.store64Lane(address, single, 0) : v128.store32Lane(address, single, 0)
}

/** @throws UNSUPPORTED */
export function assertFloat(element: ElementType): void {
  if (element === 'f32' || element === 'f64') return
  throw createError(
    'UNSUPPORTED',
    `a block of ${element} holds ranks, set membership and table values that are integers, and one of its columns is a number; ask for f32`,
    { details: { element } },
  )
}
