// A head in; a function from a region graph and canonical rows to what the model answers, in float64, out.

import type { Head } from '../../src/artifact/head.ts'
import { isMLError } from '../../src/errors.ts'
import type { RegionGraph } from '../../src/regions/region.ts'
import { createDecoder } from '../../src/rows/decode.ts'
import type { Answer } from '../../src/rows/prediction.ts'
import { createRowProgram } from '../../src/rows/row-program.ts'

/** A row that runs out of the numbers has no answer. */
export type AnswerReader = (graph: RegionGraph, rows: readonly Float64Array[]) => readonly (Answer | undefined)[]

export function createAnswerReader(head: Head): AnswerReader {
  const decode = createDecoder(head)
  return (graph, rows) => {
    const width = graph.output.length
    const raw = new Float64Array(rows.length * width)
    const canonical = new Float64Array(rows.reduce((sum, { length }) => sum + length, 0))
    rows.forEach((row, index) => canonical.set(row, index * row.length))
    createRowProgram(graph, graph.output).run(canonical, rows.length, raw)
    return rows.map((_, index) => {
      try {
        return decode(raw, index * width)
      } catch (error) {
        if (isMLError(error) && error.code === 'EXECUTION_FAILED') return undefined
        throw error
      }
    })
  }
}
