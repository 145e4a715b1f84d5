// Statements in, the blocks, loops and choices of WebAssembly around them out.

import { type Code, type Expression, expression, type Statement, statement, type ValueType } from './expression.ts'
import type { Local } from './local.ts'
import { i32 } from './scalar-instructions.ts'

const emptyBlock = 0x40

export function sequence(...statements: readonly Statement[]): Statement {
  return statement(...statements.map(({ code }) => code))
}

/** `a` where `condition` is not 0, else `b`; both are evaluated, and nothing jumps. */
export function select<Type extends Exclude<ValueType, 'v128'>>(
  condition: Expression<'i32'>,
  a: Expression<Type>,
  b: Expression<Type>,
): Expression<Type> {
  return expression(a.type, a.code, b.code, condition.code, 0x1b)
}

export function when(condition: Expression<'i32'>, body: Statement, otherwise?: Statement): Statement {
  const rest: Code = otherwise === undefined ? [] : [0x05, otherwise.code]
  return statement(condition.code, 0x04, emptyBlock, body.code, rest, 0x0b)
}

/** Repeats `body` as long as `condition`, evaluated after it, is not 0; at least once. */
export function repeatWhile(body: Statement, condition: Expression<'i32'>): Statement {
  return statement(0x03, emptyBlock, body.code, condition.code, 0x0d, 0, 0x0b)
}

/** Repeats `body` while `condition`, evaluated before it, is not 0. */
export function loopWhile(condition: Expression<'i32'>, body: Statement): Statement {
  return when(condition, repeatWhile(body, condition))
}

/** `counter` from `from` up to but not `end`, which is evaluated each time: give a local or a constant. */
export function countUp(
  counter: Local<'i32'>,
  { from = i32.const(0), end, step = 1 }: { from?: Expression<'i32'>; end: Expression<'i32'>; step?: number },
  body: Statement,
): Statement {
  return sequence(
    counter.set(from),
    loopWhile(i32.ltU(counter.get, end), sequence(body, counter.set(i32.add(counter.get, i32.const(step))))),
  )
}

/** Fills `byteLength` bytes with `value`. */
export function memoryFill(
  address: Expression<'i32'>,
  value: Expression<'i32'>,
  byteLength: Expression<'i32'>,
): Statement {
  return statement(address.code, value.code, byteLength.code, 0xfc, 0x0b, 0)
}

/** Copies `byteLength` bytes; the ranges may overlap. */
export function memoryCopy(to: Expression<'i32'>, from: Expression<'i32'>, byteLength: Expression<'i32'>): Statement {
  return statement(to.code, from.code, byteLength.code, 0xfc, 0x0a, 0, 0)
}
