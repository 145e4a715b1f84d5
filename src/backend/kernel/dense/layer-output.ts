// Where a layer's outputs lie, and the statements that store a vector of them there.

import { sequence } from '../wasm/control.ts'
import type { Expression, Statement } from '../wasm/expression.ts'
import { v128 } from '../wasm/vector-instructions.ts'

export type LayerOutput = {
  /** Elements from one row to the next. */
  readonly pitch: number
  /**
   * - `padded`: rows end on whole vectors, and zeros follow the last column.
   * - `exact`: nothing follows, and nothing may be written there.
   */
  readonly rowEnd: 'padded' | 'exact'
}

/** Stores the first `columns` lanes of `value`; 1 to 4. */
export function storeColumns(
  address: Expression<'i32'>,
  value: Expression<'v128'>,
  {
    columns,
    byteOffset,
    rowEnd,
  }: { readonly columns: number; readonly byteOffset: number } & Pick<LayerOutput, 'rowEnd'>,
): Statement {
  if (columns === 4) return v128.store(address, value, byteOffset)
  if (rowEnd === 'padded') return v128.store(address, v128.and(value, laneMask(columns)), byteOffset)
  return sequence(
    ...(columns > 1 ? [v128.store64Lane(address, value, 0, byteOffset)] : []),
    ...(columns === 1 ? [v128.store32Lane(address, value, 0, byteOffset)] : []),
    ...(columns === 3 ? [v128.store32Lane(address, value, 2, byteOffset + 8)] : []),
  )
}

function laneMask(columns: number): Expression<'v128'> {
  return v128.const(Array.from({ length: 16 }, (_, byte) => (byte < columns * 4 ? 0xff : 0)))
}
