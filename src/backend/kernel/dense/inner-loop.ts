// What one step over a layer's inputs does in, the loop over all of them out.

import { repeatWhile, sequence } from '../wasm/control.ts'
import type { Statement } from '../wasm/expression.ts'
import type { Local } from '../wasm/local.ts'
import { i32 } from '../wasm/scalar-instructions.ts'
import type { Scope } from '../wasm/wasm-module.ts'

/** A loop costs V8 a check of its stack and a jump each time. */
const stepsAtOnce = 8

/** Up to here no loop is written at all. */
const maxUnrolled = 16

/** A pointer of the loop, and by how many bytes a step moves it. */
export type Pointer = { readonly local: Local<'i32'>; readonly stepBytes: number }

/**
 * `write(step)` `count` times, where the pointers stand at step 0 and `step` tells the offset from there. They are moved.
 */
export function innerLoop(
  { count, pointers, scope }: { readonly count: number; readonly pointers: readonly Pointer[]; readonly scope: Scope },
  write: (step: number) => Statement,
): Statement {
  const steps = (number: number) => sequence(...Array.from({ length: number }, (_, step) => write(step)))
  if (count <= maxUnrolled) return steps(count)
  const [first] = pointers
  const end = scope.local('i32')
  const rounds = Math.floor(count / stepsAtOnce)
  const move = pointers.map(({ local, stepBytes }) => local.set(i32.add(local.get, i32.const(stepBytes * stepsAtOnce))))
  return sequence(
    end.set(i32.add(first.local.get, i32.const(rounds * stepsAtOnce * first.stepBytes))),
    repeatWhile(sequence(steps(stepsAtOnce), ...move), i32.ne(first.local.get, end.get)),
    steps(count % stepsAtOnce),
  )
}
