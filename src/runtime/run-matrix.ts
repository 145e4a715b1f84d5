// A matrix of rows and a model that a kernel computes in this thread in; typed arrays with every row's answer out, at once.

import type { KernelProgram } from '../backend/kernel/kernel-program.ts'
import { createError } from '../errors.ts'
import type { RowReader } from '../rows/read-row.ts'
import type { DirectEngine } from './direct-predict.ts'
import type { DirectRun } from './direct-run.ts'
import { shownValue } from '../rows/shown-value.ts'

/** Row-major, all rows one after the other; of these what the model gives. */
export type MatrixAnswers = {
  /** Number of the class in `model.schema.classes`; one column a target. Of multilabel models 1 or 0 a class. */
  readonly label?: Int32Array
  /** As many columns as there are classes, of all targets in turn. */
  readonly probabilities?: Float64Array
  readonly scores?: Float64Array
  readonly value?: Float64Array
  readonly vector?: Float64Array
}

export type RunSyncOptions = {
  /** Arrays to write to, in place of fresh ones; longer ones are fine. Only what is in it is written; after an error it holds anything. */
  readonly into?: MatrixAnswers
}

const noOptions: RunSyncOptions = {}

/** A row of so few values is copied by a loop: `set` of a typed array costs some dozens of nanoseconds. */
const fewValues = 32

export function runMatrix(
  engine: DirectEngine,
  matrix: Float64Array | Float32Array,
  rowCount: number,
  options: RunSyncOptions = noOptions,
): MatrixAnswers {
  const width = engine.schema.features.length
  assertMatrix(matrix, rowCount, width)
  const { program } = engine.direct
  const { sumsTerms } = engine.reader
  const answers =
    options === noOptions ? createAnswers(engine.direct, rowCount) : checkedInto(engine.direct, rowCount, options)
  for (let from = 0; from < rowCount; from += program.blockRows) {
    const count = Math.min(program.blockRows, rowCount - from)
    if (sumsTerms) sumRows(engine, matrix, from, count)
    else copyRows(matrix, program.rows, from * width, count * width)
    answerBlock(engine, from, count, answers)
  }
  return answers
}

/** The rows stand in the program's memory. Four arguments: an object would be made for each call of a microsecond. */
function answerBlock(engine: DirectEngine, from: number, count: number, answers: MatrixAnswers): void {
  const { program, outputs } = engine.direct
  const { reader } = engine
  const { sumsTerms, takesEveryNumber } = reader
  const isPlain = sumsTerms || (takesEveryNumber && (program.checksRows || !program.hasSpecialValue(count)))
  if (!isPlain) readRows(reader, program, from, count)
  // what is no number, or too large for one, is told by the reader
  if (program.run(count) && program.checksRows && !sumsTerms) readRows(reader, program, from, count)
  const firstBad = program.decode(count)
  if (firstBad >= 0)
    throw createError(
      'EXECUTION_FAILED',
      `row ${from + firstBad}: the model answers no number; a value of the row is beyond what it computes with`,
      { details: { row: from + firstBad } },
    )
  for (let i = 0; i < outputs.length; i++) {
    const { name, values, width } = outputs[i]
    const into = answers[name]
    if (into !== undefined) copyOutput(values, into, from * width, count * width)
  }
}

/** Reads each row as `predict` does: the program takes sums of what stands there. */
function sumRows(
  { reader, schema, direct: { program } }: DirectEngine,
  matrix: Float64Array | Float32Array,
  from: number,
  count: number,
): void {
  const width = schema.features.length
  for (let row = 0; row < count; row++) {
    const rowIndex = from + row
    const given = matrix.subarray(rowIndex * width, (rowIndex + 1) * width)
    reader.read(given, program.rows, row * reader.width, { rowIndex })
  }
}

/** Checks each row as `predict` does, and makes it canonical. */
function readRows(reader: RowReader, { rows }: KernelProgram, from: number, count: number): void {
  const { width } = reader
  for (let row = 0; row < count; row++) {
    const given = rows.subarray(row * width, (row + 1) * width)
    reader.read(given, rows, row * width, { rowIndex: from + row })
  }
}

type Numbers = Int32Array | Float64Array

function copyOutput(values: Numbers, into: Numbers, start: number, length: number): void {
  if (length <= fewValues) for (let i = 0; i < length; i++) into[start + i] = values[i]
  else into.set(values.subarray(0, length), start)
}

function copyRows(matrix: Float64Array | Float32Array, into: Float64Array, start: number, length: number): void {
  if (length <= fewValues) for (let i = 0; i < length; i++) into[i] = matrix[start + i]
  else into.set(matrix.subarray(start, start + length))
}

function createAnswers({ outputs }: DirectRun, rowCount: number): MatrixAnswers {
  const answers: Record<string, Numbers> = {}
  for (let i = 0; i < outputs.length; i++) {
    const { name, width } = outputs[i]
    answers[name] = name === 'label' ? new Int32Array(rowCount * width) : new Float64Array(rowCount * width)
  }
  return answers
}

function checkedInto(direct: DirectRun, rowCount: number, options: RunSyncOptions): MatrixAnswers {
  if (typeof options !== 'object' || options === null)
    throw createError('INPUT_INVALID', `options of runSync: expected an object, got ${shownValue(options)}`)
  for (const name in options)
    if (name !== 'into')
      throw createError('INPUT_INVALID', `option ${name} of runSync: there is no such option; there is into`, {
        details: { option: name },
      })
  const { into } = options
  if (into === undefined) return createAnswers(direct, rowCount)
  if (typeof into !== 'object' || into === null)
    throw createError('INPUT_INVALID', `option into: expected an object of arrays, got ${shownValue(into)}`)
  const { outputs } = direct
  for (const name in into)
    if (!Object.hasOwn(direct.program.outputs, name))
      throw createError(
        'INPUT_INVALID',
        `into.${name}: the model gives no ${name}; it gives ${outputs.map((output) => output.name).join(', ')}`,
      )
  for (let i = 0; i < outputs.length; i++) {
    const { name, width } = outputs[i]
    const array: unknown = into[name]
    if (array === undefined) continue
    const Expected = name === 'label' ? Int32Array : Float64Array
    if (array instanceof Expected && array.length >= rowCount * width) continue
    const got = ArrayBuffer.isView(array) ? `${array.constructor.name} of ${lengthOf(array)}` : shownValue(array)
    throw createError(
      'INPUT_INVALID',
      `into.${name}: expected a ${Expected.name} of at least ${rowCount * width} values, got ${got}`,
    )
  }
  return into
}

function lengthOf(view: ArrayBufferView): number {
  return (view as Partial<Float64Array>).length ?? view.byteLength
}

function assertMatrix(matrix: unknown, rowCount: number, width: number): void {
  if (!(matrix instanceof Float64Array || matrix instanceof Float32Array))
    throw createError(
      'INPUT_INVALID',
      'runSync expects a Float64Array or Float32Array of all rows, row-major, string categories by index; predictBatch takes rows of any kind',
    )
  if (!Number.isInteger(rowCount) || rowCount < 0)
    throw createError('INPUT_INVALID', `runSync expects a number of rows, 0 or more, got ${String(rowCount)}`)
  if (matrix.length < rowCount * width)
    throw createError(
      'INPUT_INVALID',
      `runSync expects ${rowCount * width} values, ${rowCount} rows of ${width}, got ${matrix.length}`,
      { details: { expected: rowCount * width, got: matrix.length } },
    )
}
