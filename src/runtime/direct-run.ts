// A model that a kernel computes in this thread in; single rows and blocks of rows answered at once out.

import { runBlocks } from '../backend/kernel/run-blocks.ts'
import type { KernelOutput, KernelOutputName, KernelProgram } from '../backend/kernel/kernel-program.ts'
import { isMLError } from '../errors.ts'
import type { Clock } from '../observe/clock.ts'
import type { Decoder } from '../rows/decode.ts'
import type { Answer, Row } from '../rows/prediction.ts'
import type { RowReader } from '../rows/read-row.ts'
import type { BatchWatch } from './batch-watch.ts'
import type { RowResult } from './row-result.ts'

export type DirectRunOptions = {
  readonly program: KernelProgram
  readonly decode: Decoder
  readonly rawWidth: number
  readonly batches: BatchWatch
  readonly clock: Pick<Clock, 'now'>
  /** One that the model answered when it was loaded. */
  readonly knownRow: Float64Array | undefined
}

/** Each call is one batch in the counters. Where one throws, the guarded way tells whose failure that is, and counts it. */
export type DirectRun = {
  readonly program: KernelProgram
  /** @throws INPUT_INVALID; EXECUTION_FAILED where the row has no answer */
  answerRow(reader: RowReader, row: Row, options: { readonly strict?: boolean }): Answer
  /** One result for each of the first `rowCount` rows of a row-major matrix of canonical rows. */
  answerRows(matrix: Float64Array, rowCount: number): RowResult[]
  /** What the program gives, in a list: a loop over an object's keys costs as much as a small model. */
  readonly outputs: readonly (KernelOutput & { readonly name: KernelOutputName })[]
  /** Counts a run of the program by its caller as one batch. */
  record(rowCount: number, runMs: number): void
  /** Whether a row that is known to have an answer has one now: else what fails is the model's failure. */
  isSound(): boolean
}

/** Nothing waits here, and nothing is allocated but the answers. */
export function createDirectRun(options: DirectRunOptions): DirectRun {
  const { program, decode, rawWidth, batches, clock, knownRow } = options
  const { rows, raw, blockRows } = program
  const width = rows.length / blockRows
  const canonical = new Float64Array(width)
  let isReading = false

  function resultAt(row: number): RowResult {
    try {
      return decode(raw, row * rawWidth)
    } catch (error) {
      if (isMLError(error)) return error
      throw error
    }
  }

  return {
    program,
    outputs: Object.entries(program.outputs).map(([name, output]) => ({ ...output, name: name as KernelOutputName })),
    record: (rowCount, runMs) => batches.recordDirect(rowCount, runMs),
    isSound() {
      try {
        if (knownRow === undefined) return false
        rows.set(knownRow)
        program.run(1)
        return !isMLError(resultAt(0))
      } catch {
        return false
      }
    },
    answerRow(reader, row, options) {
      // a getter of the row may ask this model for another row, and both would be read into one place
      if (isReading) throw new Error('a row asks for another one while it is read')
      isReading = true
      try {
        reader.read(row, canonical, 0, options)
      } finally {
        isReading = false
      }
      const startedAtMs = clock.now()
      // `set` costs more than the numbers of a row
      for (let i = 0; i < width; i++) rows[i] = canonical[i]
      program.run(1)
      const answer = decode(raw, 0)
      batches.recordDirect(1, clock.now() - startedAtMs)
      return answer
    },
    answerRows(matrix, rowCount) {
      const results = new Array<RowResult>(rowCount)
      const startedAtMs = clock.now()
      runBlocks(program, { rows: matrix, rowCount, width }, (from, count) => {
        for (let i = 0; i < count; i++) results[from + i] = resultAt(i)
      })
      batches.recordDirect(rowCount, clock.now() - startedAtMs)
      return results
    },
  }
}
