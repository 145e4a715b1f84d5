// What functions of a WebAssembly module are made of: typed expressions that leave a value, and statements that leave none.

export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128'

/** Instructions as bytes; nested, so that building a large function copies nothing until it is written. */
export type Code = readonly (number | Uint8Array | Code)[]

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

/** The same bytes without nesting, which may be deep: no call of its own for each level. */
export function flatten(code: Code): Uint8Array<ArrayBuffer> {
  let bytes = new Uint8Array(1024)
  let length = 0
  const codes: Code[] = [code]
  const places: number[] = [0]
  for (let top = 0; top >= 0; ) {
    const at = places[top]++
    if (at === codes[top].length) {
      top--
      continue
    }
    const next = codes[top][at]
    if (typeof next === 'number') {
      if (length === bytes.length) bytes = grown(bytes, length + 1)
      bytes[length++] = next
    } else if (isNested(next)) {
      top++
      codes[top] = next
      places[top] = 0
    } else {
      if (length + next.length > bytes.length) bytes = grown(bytes, length + next.length)
      bytes.set(next, length)
      length += next.length
    }
  }
  return bytes.slice(0, length)
}

/** What is no number is bytes or nested. */
function isNested(code: Uint8Array | Code): code is Code {
  return Array.isArray(code)
}

function grown(bytes: Uint8Array, leastLength: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(leastLength, 2 * bytes.length))
  larger.set(bytes)
  return larger
}
