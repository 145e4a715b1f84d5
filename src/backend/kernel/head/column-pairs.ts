// Neighbouring columns of a row in, the code that takes them two at a time out, written out where they are few.

import { loopWhile, sequence } from '../wasm/control.ts'
import type { Expression, Statement } from '../wasm/expression.ts'
import type { Local } from '../wasm/local.ts'
import { i32 } from '../wasm/scalar-instructions.ts'
import { f64x2, v128 } from '../wasm/vector-instructions.ts'
import type { Scope } from '../wasm/wasm-module.ts'

export type ColumnPair = {
  /** Two raw columns in float64. */
  readonly raw: Expression<'v128'>
  /** The two outputs of these columns. */
  readonly output: Expression<'v128'>
  /** Writes both outputs: behind the last column whatever comes next must be written later. */
  store(value: Expression<'v128'>): Statement
  /** 1: the second column is behind the last, and may be anything. */
  readonly lanes: 1 | 2
}

type PairOptions = {
  readonly scope: Scope
  readonly count: number
  /** Float32. */
  readonly raw: Local<'i32'>
  /** Float64. */
  readonly output: Local<'i32'>
}

/** More pairs are a loop. */
const maxUnrolled = 4

export function eachPair({ scope, count, raw, output }: PairOptions, body: (pair: ColumnPair) => Statement): Statement {
  const pairs = Math.floor(count / 2)
  const tail = count % 2 === 0 ? [] : [body(pairAt(raw, output, { columns: count - 1, lanes: 1 }))]
  if (pairs <= maxUnrolled) {
    const all = Array.from({ length: pairs }, (_, i) => body(pairAt(raw, output, { columns: 2 * i, lanes: 2 })))
    return sequence(...all, ...tail)
  }
  const [from, to, end] = [scope.local('i32'), scope.local('i32'), scope.local('i32')]
  return sequence(
    from.set(raw.get),
    to.set(output.get),
    end.set(i32.add(output.get, i32.const(16 * pairs))),
    loopWhile(
      i32.ltU(to.get, end.get),
      sequence(
        body(pairAt(from, to, { columns: 0, lanes: 2 })),
        from.set(i32.add(from.get, i32.const(8))),
        to.set(i32.add(to.get, i32.const(16))),
      ),
    ),
    ...tail,
  )
}

function pairAt(
  raw: Local<'i32'>,
  output: Local<'i32'>,
  { columns, lanes }: { columns: number; lanes: 1 | 2 },
): ColumnPair {
  return {
    raw: f64x2.promoteLowF32x4(v128.load64Zero(raw.get, 4 * columns)),
    output: v128.load(output.get, 8 * columns),
    store: (value) => v128.store(output.get, value, 8 * columns),
    lanes,
  }
}
