// A variable of a WebAssembly function: how it is read and written.

import { type Expression, expression, type Statement, statement, type ValueType } from './expression.ts'
import { unsignedLeb } from './leb128.ts'

export type Local<Type extends ValueType = ValueType> = {
  readonly type: Type
  readonly get: Expression<Type>
  set(value: Expression<Type>): Statement
  /** Writes it and leaves the value. */
  tee(value: Expression<Type>): Expression<Type>
}

export function createLocal<Type extends ValueType>(type: Type, index: number): Local<Type> {
  const place = unsignedLeb(index)
  return {
    type,
    get: expression(type, 0x20, place),
    set: (value) => statement(value.code, 0x21, place),
    tee: (value) => expression(type, value.code, 0x22, place),
  }
}
