// A function's scope in, variables that one stretch of its code after another uses again out.

import type { ValueType } from '../wasm/expression.ts'
import type { Local } from '../wasm/local.ts'
import type { Scope } from '../wasm/wasm-module.ts'

export type LocalPool = {
  take<Type extends ValueType>(type: Type): Local<Type>
  /** All variables are free again. */
  reset(): void
}

export function createLocalPool(scope: Scope): LocalPool {
  const made = new Map<ValueType, Local[]>()
  const taken = new Map<ValueType, number>()
  return {
    take<Type extends ValueType>(type: Type): Local<Type> {
      const locals = made.get(type) ?? []
      made.set(type, locals)
      const index = taken.get(type) ?? 0
      taken.set(type, index + 1)
      // Each list holds variables of the one type that it is kept under.
      return (locals[index] ??= scope.local(type)) as Local<Type>
    },
    reset: () => taken.clear(),
  }
}
