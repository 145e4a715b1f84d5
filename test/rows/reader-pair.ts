// A schema in, a reader by loops and one by written code out, and what each makes of a row.

import type { ModelSchema } from '../../src/artifact/schema.ts'
import { functionOfText, type FunctionFactory } from '../../src/rows/compiled-reader.ts'
import { createRowReader } from '../../src/rows/read-row.ts'

/** Readers of one schema, by loops and by code from the first row on, and what code was written. */
export function readersOf(schema: ModelSchema) {
  const bodies: string[] = []
  const createFunction: FunctionFactory = (names, body) => {
    bodies.push(body)
    return functionOfText(names, body)
  }
  const looped = createRowReader(schema, { compileAfter: Infinity })
  const compiled = createRowReader(schema, { compileAfter: 0, createFunction })
  return { looped, compiled, bodies }
}

type Reader = ReturnType<typeof createRowReader>

export function outcome(reader: Reader, row: unknown, strict: boolean): unknown {
  const into = new Float64Array(reader.width + 2).fill(77)
  try {
    reader.read(row, into, 1, { strict, rowIndex: 3 })
    return [...into]
  } catch (error) {
    const { name, message, code, details, cause } = error as Error & Record<string, unknown>
    return { name, message, code, details, cause: String(cause) }
  }
}
