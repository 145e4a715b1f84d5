// Arithmetic of a step in, the vector instructions that do it in the same order and with the same roundings out.

import type { Expression } from '../wasm/expression.ts'
import { f64x2, v128 } from '../wasm/vector-instructions.ts'
import type { Operation } from './encode-plan.ts'

type Vector = Expression<'v128'>

/** `value` is cheap to repeat; `parameter(i)` is number i of `parametersOf` for each lane. */
export type ValueFormula = (value: Vector, parameter: (field: number) => Vector) => Vector

export type ValueOperation = Extract<Operation, { kind: 'copy' | 'impute' | 'subtract-divide' | 'multiply-add' }>

/** The parameters of the operation; operations of one name have one formula. */
export function parametersOf(operation: ValueOperation): readonly number[] {
  switch (operation.kind) {
    case 'copy':
      return []
    case 'impute':
      return [operation.missing, operation.fill]
    case 'subtract-divide':
    case 'multiply-add':
      return [operation.first, operation.second, ...(operation.clip ?? [])]
  }
}

export function formulaOf(operation: ValueOperation): ValueFormula {
  switch (operation.kind) {
    case 'copy':
      return (value) => value
    case 'impute':
      return (value, parameter) => v128.bitselect(parameter(1), value, isMissing(value, parameter(0)))
    case 'subtract-divide':
      return clipped(operation, (value, parameter) => f64x2.div(f64x2.sub(value, parameter(0)), parameter(1)))
    case 'multiply-add':
      return clipped(operation, (value, parameter) => f64x2.add(f64x2.mul(value, parameter(0)), parameter(1)))
  }
}

/** Equal to the sentinel, or both NaN. */
function isMissing(value: Vector, sentinel: Vector): Vector {
  const bothNaN = v128.and(f64x2.ne(value, value), f64x2.ne(sentinel, sentinel))
  return v128.or(f64x2.eq(value, sentinel), bothNaN)
}

/** pmax and pmin with the value first: NaN stays NaN, and a value equal to a bound keeps the sign of its zero. */
function clipped({ clip }: { readonly clip?: unknown }, formula: ValueFormula): ValueFormula {
  if (clip === undefined) return formula
  return (value, parameter) => f64x2.pmin(f64x2.pmax(formula(value, parameter), parameter(2)), parameter(3))
}
