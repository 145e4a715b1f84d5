// Opcodes in, functions that build the expressions of these instructions out.

import { type Code, type Expression, expression, type Statement, statement, type ValueType } from './expression.ts'
import { unsignedLeb } from './leb128.ts'

type Unary<From extends ValueType, To extends ValueType> = (a: Expression<From>) => Expression<To>
type Binary<From extends ValueType, To extends ValueType> = (a: Expression<From>, b: Expression<From>) => Expression<To>
type Load<To extends ValueType> = (address: Expression<'i32'>, byteOffset?: number) => Expression<To>
type Store<From extends ValueType> = (
  address: Expression<'i32'>,
  value: Expression<From>,
  byteOffset?: number,
) => Statement

type Built<Table, Built> = { readonly [Name in keyof Table]: Built }

/** Vector instructions are numbered behind a prefix. */
export const simdPrefix = 0xfd

function opcodeOf(opcode: number, prefix: number | undefined): Code {
  return prefix === undefined ? [opcode] : [prefix, unsignedLeb(opcode)]
}

function mapTable<Table extends Readonly<Record<string, number>>, Result>(
  table: Table,
  build: (opcode: number) => Result,
): Built<Table, Result> {
  return Object.fromEntries(Object.entries(table).map(([name, opcode]) => [name, build(opcode)])) as Built<
    Table,
    Result
  >
}

export function unaries<Table extends Readonly<Record<string, number>>, From extends ValueType, To extends ValueType>(
  _: From,
  to: To,
  table: Table,
  prefix?: number,
): Built<Table, Unary<From, To>> {
  return mapTable(table, (opcode) => (a: Expression<From>) => expression(to, a.code, opcodeOf(opcode, prefix)))
}

export function binaries<Table extends Readonly<Record<string, number>>, From extends ValueType, To extends ValueType>(
  _: From,
  to: To,
  table: Table,
  prefix?: number,
): Built<Table, Binary<From, To>> {
  return mapTable(
    table,
    (opcode) => (a: Expression<From>, b: Expression<From>) => expression(to, a.code, b.code, opcodeOf(opcode, prefix)),
  )
}

/** Alignment is a hint, and unaligned access is right as well: 0 promises nothing. */
export function memoryArgument(byteOffset: number): Code {
  return [0, unsignedLeb(byteOffset)]
}

export function loads<Table extends Readonly<Record<string, number>>, To extends ValueType>(
  to: To,
  table: Table,
  prefix?: number,
): Built<Table, Load<To>> {
  return mapTable(
    table,
    (opcode) =>
      (address: Expression<'i32'>, byteOffset = 0) =>
        expression(to, address.code, opcodeOf(opcode, prefix), memoryArgument(byteOffset)),
  )
}

export function stores<Table extends Readonly<Record<string, number>>, From extends ValueType>(
  _: From,
  table: Table,
  prefix?: number,
): Built<Table, Store<From>> {
  return mapTable(
    table,
    (opcode) =>
      (address: Expression<'i32'>, value: Expression<From>, byteOffset = 0) =>
        statement(address.code, value.code, opcodeOf(opcode, prefix), memoryArgument(byteOffset)),
  )
}
