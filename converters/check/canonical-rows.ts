// Rows as a caller writes them in, canonical float64 rows out.

import type { ModelSchema } from '../../src/artifact/schema.ts'
import { createError, isMLError } from '../../src/errors.ts'
import { createRowReader } from '../../src/rows/read-row.ts'
import type { GivenSet } from './compare-answers.ts'

/** @throws INPUT_INVALID with the set and the index of the first row that does not fit the schema */
export function readCanonicalRows(schema: ModelSchema, rows: readonly unknown[], set: GivenSet): Float64Array[] {
  const reader = createRowReader(schema)
  return rows.map((row, rowIndex) => {
    const canonical = new Float64Array(reader.width)
    try {
      reader.read(row, canonical, 0, { rowIndex })
    } catch (error) {
      if (!isMLError(error)) throw error
      throw createError(error.code, `${set} ${error.message}`, { details: { ...error.details, set }, cause: error })
    }
    return canonical
  })
}
