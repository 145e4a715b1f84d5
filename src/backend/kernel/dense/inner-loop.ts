// What one step over a layer's inputs does in, the loop over all of them out.

import { repeatWhile, sequence } from '../wasm/control.ts'
import type { Statement } from '../wasm/expression.ts'
import type { Local } from '../wasm/local.ts'
import { i32 } from '../wasm/scalar-instructions.ts'
import type { Scope } from '../wasm/wasm-module.ts'

/** A pointer of the loop, and by how many bytes a step moves it. */
export type Pointer = { readonly local: Local<'i32'>; readonly stepBytes: number }

/**
 * Repeats `step` `count` times, at least once, and moves the pointers after each. Never unrolled: V8 (11 to 13) moves all
 * loads of a basic block to its beginning, so the values of two steps would not fit into 16 registers, and an unrolled
 * block form is slower than this one.
 */
export function innerLoop(
  { count, pointers, scope }: { readonly count: number; readonly pointers: readonly Pointer[]; readonly scope: Scope },
  step: Statement,
): Statement {
  const [first] = pointers
  const end = scope.local('i32')
  const move = pointers.map(({ local, stepBytes }) => local.set(i32.add(local.get, i32.const(stepBytes))))
  return sequence(
    end.set(i32.add(first.local.get, i32.const(count * first.stepBytes))),
    repeatWhile(sequence(step, ...move), i32.ne(first.local.get, end.get)),
  )
}
