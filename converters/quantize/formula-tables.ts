// A region in; the tables of its formula by field, and the same region with others in their place, out.

import { type Formula, isFormula, verifyFormula } from '../../src/regions/formula/formulas.ts'
import type { Table } from '../../src/regions/formula/table.ts'
import type { Region } from '../../src/regions/region.ts'

/** Empty for regions that are no formula. */
export function tablesOf(region: Region): readonly (readonly [field: string, table: Table])[] {
  if (!isFormula(region)) return []
  return Object.entries(region).flatMap(([field, value]) => (isTable(value) ? [[field, value] as const] : []))
}

/** Fields that `tables` does not have stay as they are. */
export function withTables<Given extends Region>(region: Given, tables: ReadonlyMap<string, Table>): Given {
  return tables.size === 0 ? region : { ...region, ...Object.fromEntries(tables) }
}

/** False where a formula asks more of a table than rounding kept: an order, whole numbers. */
export function isValidFormula(region: Region): boolean {
  let isValid = true
  // What a formula finds wrong is thrown, since none goes on after it.
  const stop = new RangeError('not valid')
  try {
    verifyFormula(region as Formula, () => {
      isValid = false
      throw stop
    })
  } catch (error) {
    if (error !== stop) throw error
  }
  return isValid
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && 'form' in value && 'columns' in value && 'values' in value
}
