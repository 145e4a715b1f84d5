// What functions of a WebAssembly module are made of: typed expressions that leave a value, and statements that leave none.

export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128'

/** Instructions as bytes; nested, so that building a large function copies nothing until it is written. */
export type Code = readonly (number | Code)[]

export type Expression<Type extends ValueType = ValueType> = { readonly type: Type; readonly code: Code }

export type Statement = { readonly type: 'void'; readonly code: Code }

export const valueTypeByte = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
} as const satisfies Record<ValueType, number>

export function expression<Type extends ValueType>(type: Type, ...code: Code): Expression<Type> {
  return { type, code }
}

export function statement(...code: Code): Statement {
  return { type: 'void', code }
}

/** The same bytes without nesting. */
export function flatten(code: Code): Uint8Array {
  const bytes: number[] = []
  const waiting: { readonly code: Code; at: number }[] = [{ code, at: 0 }]
  for (let top = waiting.at(-1); top !== undefined; top = waiting.at(-1)) {
    if (top.at === top.code.length) {
      waiting.pop()
      continue
    }
    const next = top.code[top.at++]
    if (typeof next === 'number') bytes.push(next)
    else waiting.push({ code: next, at: 0 })
  }
  return Uint8Array.from(bytes)
}
