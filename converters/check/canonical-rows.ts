// Rows as a caller writes them in, canonical float64 rows out.

import type { ModelSchema } from '../../src/artifact/schema.ts'
import { createRowReader } from '../../src/rows/read-row.ts'

/** @throws INPUT_INVALID with the index of the first row that does not fit the schema */
export function readCanonicalRows(schema: ModelSchema, rows: readonly unknown[]): Float64Array[] {
  const reader = createRowReader(schema)
  return rows.map((row, rowIndex) => {
    const canonical = new Float64Array(reader.width)
    reader.read(row, canonical, 0, { rowIndex })
    return canonical
  })
}
