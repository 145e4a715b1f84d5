// Regions as they are made in; an error where all of them together would have more columns than memory holds, out.

import { createError } from '../../../src/errors.ts'
import type { Region } from '../../../src/regions/region.ts'

/** Numbers that regions read, eight bytes each: 64 classes one by one behind two hashers of 2**20 columns. */
const mostInputs = 2 ** 27

/** Columns of hundred bytes each that regions make of as many: four steps behind each of those hashers. */
const mostColumns = 2 ** 23

const makesColumns: ReadonlySet<Region['kind']> = new Set([
  'scale',
  'impute',
  'indicator',
  'map',
  'term-weights',
  'normalize',
])

/**
 * A hasher says in one number how many columns it has, and a pickle may name one step or one matrix many times, so a
 * kilobyte can ask for any number of them.
 * @throws LIMIT_EXCEEDED
 */
export function createColumnBudget(): (region: Region) => void {
  let inputs = 0
  let columns = 0
  return (region) => {
    if (region.kind === 'input') return
    inputs += region.inputs.length
    if (makesColumns.has(region.kind)) columns += region.inputs.length
    if (inputs <= mostInputs && columns <= mostColumns) return
    throw createError(
      'LIMIT_EXCEEDED',
      `the steps of the model have ${columns} columns and read ${inputs} together, more than the limits of ${mostColumns} and ` +
        `${mostInputs}; fit it with fewer features or steps.`,
    )
  }
}
