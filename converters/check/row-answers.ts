// A head in; a function from a region graph and canonical rows to what the model answers, in float64, out.

import type { Head } from '../../src/artifact/head.ts'
import { isMLError } from '../../src/errors.ts'
import type { RegionGraph } from '../../src/regions/region.ts'
import { createDecoder } from '../../src/rows/decode.ts'
import type { Answer } from '../../src/rows/prediction.ts'
import { createRowProgram } from '../../src/rows/row-program.ts'

/** A row that runs out of the numbers has no answer. */
export type AnswerReader = (graph: RegionGraph, rows: readonly Float64Array[]) => readonly (Answer | undefined)[]

/** As many as regions take at once: copies of all rows of a wide model would take a gigabyte. */
const blockRows = 64

export function createAnswerReader(head: Head): AnswerReader {
  const decode = createDecoder(head)
  return (graph, rows) => {
    const width = graph.output.length
    const raw = new Float64Array(rows.length * width)
    const program = createRowProgram(graph, graph.output)
    for (let from = 0; from < rows.length; from += blockRows) {
      const block = rows.slice(from, from + blockRows)
      const canonical = new Float64Array(block.reduce((sum, { length }) => sum + length, 0))
      block.forEach((row, index) => canonical.set(row, index * row.length))
      program.run(canonical, block.length, raw.subarray(from * width, (from + block.length) * width))
    }
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
