// The fields and the arithmetic of a formula in; the one object that stores, verifies, prints and computes it out.

import type { NamedTensor } from '../../artifact/tensor.ts'
import { closedObject, oneOf, type Shape } from '../../artifact/shape.ts'
import type { ColumnRef } from '../column-ref.ts'
import { restoreRefs, storedRefsShape, storeRefs, type StoredRefs } from '../stored-numbers.ts'
import type { TensorValues } from '../tensor-values.ts'
import type { Fail } from '../table-checks.ts'
import type { Field, ValueOfField } from './field.ts'
import type { RowFunction } from './row-function.ts'

type Fields = Readonly<Record<string, Field<unknown>>>

/** A region that is computed in float64 by code of ours, from any number of columns to any number of columns. */
export type FormulaOf<Kind extends string, Given extends Fields> = {
  readonly kind: Kind
  readonly inputs: readonly ColumnRef[]
} & { readonly [Name in keyof Given]: ValueOfField<Given[Name]> }

export type StoredFormula<Kind extends string = string> = { readonly kind: Kind; readonly inputs: StoredRefs }

export type FormulaSpec<Kind extends string, Region> = {
  readonly kind: Kind
  readonly shape: Shape<StoredFormula<Kind>>
  /** Number of columns that it gives; throws by `fail` where a table does not fit. */
  verify(region: Region, fail: Fail): number
  /** Only for verified regions. */
  compile(region: Region): RowFunction
  /** What it does and how large it is, in one line. */
  describe(region: Region): string
  store(region: Region, index: number): { stored: StoredFormula<Kind>; tensors: readonly NamedTensor[] }
  restore(stored: StoredFormula<Kind>, index: number, tensors: TensorValues): Region
}

export function defineFormula<const Kind extends string, Given extends Fields>(spec: {
  readonly kind: Kind
  readonly fields: Given
  readonly verify: (region: FormulaOf<Kind, Given>, fail: Fail) => number
  readonly compile: (region: FormulaOf<Kind, Given>) => RowFunction
  readonly describe: (region: FormulaOf<Kind, Given>) => string
}): FormulaSpec<Kind, FormulaOf<Kind, Given>> {
  const { kind, fields } = spec
  const entries = Object.entries(fields)
  const shapes = Object.fromEntries(entries.map(([name, { shape }]) => [name, shape]))
  return {
    kind,
    shape: closedObject({ kind: oneOf(kind), inputs: storedRefsShape, ...shapes }) as unknown as Shape<
      StoredFormula<Kind>
    >,
    verify: spec.verify,
    compile: spec.compile,
    describe: spec.describe,
    store(region, index) {
      const tensors: NamedTensor[] = []
      const stored = entries.map(([name, field]) => [
        name,
        field.store(region[name], formulaTensorName(index, name), tensors),
      ])
      return { stored: { kind, inputs: storeRefs(region.inputs), ...Object.fromEntries(stored) }, tensors }
    },
    restore(stored, index, tensors) {
      const found = stored as StoredFormula<Kind> & Readonly<Record<string, unknown>>
      const restored = entries.map(([name, field]) => [
        name,
        field.restore(found[name], formulaTensorName(index, name), tensors),
      ])
      return { kind, inputs: restoreRefs(stored.inputs), ...Object.fromEntries(restored) } as FormulaOf<Kind, Given>
    },
  }
}

export function formulaTensorName(region: number, field: string): string {
  return `formula${region}/${field}`
}
