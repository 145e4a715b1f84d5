// Bytes of a .csv file with a header and a schema in, one row a record out, read as it comes.

import { CsvError, parse } from 'csv-parse'
import type { FeatureSchema } from '../../artifact/schema.ts'
import { createError, type MLError } from '../../errors.ts'
import { nearestName } from '../../rows/nearest-name.ts'
import { oneLine } from '../error-text.ts'
import { maxLineByteLength } from './byte-lines.ts'
import { createReadCell, type ReadCell } from './csv-cell.ts'
import type { Row } from '../../rows/prediction.ts'
import type { RowItem, RowItems } from './row-item.ts'

export type CsvRowsOptions = {
  /** Path, for errors. */
  readonly where: string
  readonly features: readonly FeatureSchema[]
  /** True where any column is a key of a dict. @default false */
  readonly isDict?: boolean
  /** True where a column that no feature has is an error. @default false */
  readonly isStrict?: boolean
  readonly maxByteLength?: number
}

type CsvRecord = { readonly cells: readonly string[]; readonly lineNumber: number }

/** Column of the file for each feature, and how its cells are read; undefined for features that nobody reads. */
type Columns = readonly ({ readonly index: number; readonly readCell: ReadCell } | undefined)[]

/** @throws INPUT_INVALID where there is no header, it lacks a feature, or quotes do not close; LIMIT_EXCEEDED */
export async function* csvRows(
  chunks: AsyncIterable<Uint8Array>,
  { where, features, isDict = false, isStrict = false, maxByteLength = maxLineByteLength }: CsvRowsOptions,
): AsyncGenerator<RowItem> & RowItems {
  let columns: Columns | undefined
  let dict: ((cells: readonly string[]) => Row) | undefined
  let width = 0
  try {
    for await (const { cells, lineNumber } of csvRecords(decodeUtf8(chunks, where), maxByteLength)) {
      if (columns === undefined) {
        dict = isDict ? dictReader(cells, features) : undefined
        columns = isDict ? [] : columnsOf(cells, features, where)
        if (isStrict && !isDict) assertNoExtraColumns(cells, features, where)
        width = cells.length
      } else if (cells.length === width) {
        yield {
          kind: 'row',
          row: dict?.(cells) ?? columns.map((column) => column?.readCell(cells[column.index])),
          place: `line ${lineNumber}`,
        }
      } else yield { kind: 'error', error: wrongWidth(cells.length, width, lineNumber) }
    }
  } catch (error) {
    throw error instanceof CsvError ? csvError(error, where, maxByteLength) : error
  }
  if (columns === undefined)
    throw createError('INPUT_INVALID', `${where} is empty; expected a line with the names of the columns`)
}

/** Fed by hand: as a stream it would drop the records before an error. */
async function* csvRecords(texts: AsyncIterable<string>, maxByteLength: number): AsyncGenerator<CsvRecord> {
  let records: CsvRecord[] = []
  let failure: Error | undefined
  const parser = parse({
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: maxByteLength,
    on_record(cells, { lines }) {
      records.push({ cells, lineNumber: lines })
      return null
    },
  })
  parser.on('error', (error: Error) => (failure ??= error)).resume()

  function* take(): Generator<CsvRecord> {
    const taken = records
    records = []
    yield* taken
    if (failure !== undefined) throw failure
  }

  for await (const text of texts) {
    await new Promise<void>((resolve) => parser.write(text, (error) => resolve(void (failure ??= error ?? undefined))))
    yield* take()
  }
  await new Promise<void>((resolve) => parser.once('close', resolve).end())
  yield* take()
}

/** Without a byte order mark. */
async function* decodeUtf8(chunks: AsyncIterable<Uint8Array>, where: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true })
    yield decoder.decode()
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw cause
    throw createError(
      'INPUT_INVALID',
      `${where} is no UTF-8 text; save it as UTF-8, which spreadsheets call "CSV UTF-8"`,
      { cause },
    )
  }
}

function columnsOf(header: readonly string[], features: readonly FeatureSchema[], where: string): Columns {
  const names = header.map((name) => name.trim())
  return features.map((feature) => {
    if (!feature.used) return undefined
    const index = names.indexOf(feature.name)
    if (index < 0) throw absentColumn(feature.name, names, features, where)
    if (names.includes(feature.name, index + 1))
      throw createError('INPUT_INVALID', `${where} has two columns named ${feature.name}; expected each name once`)
    return { index, readCell: createReadCell(feature) }
  })
}

function assertNoExtraColumns(header: readonly string[], features: readonly FeatureSchema[], where: string): void {
  const known = features.map(({ name }) => name)
  const extra = header.map((name) => name.trim()).filter((name) => !known.includes(name))
  if (extra.length === 0) return
  throw createError(
    'INPUT_INVALID',
    `${where} has columns that the model does not have: ${extra.slice(0, 5).join(', ')}${extra.length > 5 ? ', …' : ''}; leave them out, or leave out --strict`,
    { details: { columns: extra } },
  )
}

/** A column whose name is a feature holds numbers, any other texts; an empty cell is a key that is not there. */
function dictReader(header: readonly string[], features: readonly FeatureSchema[]): (cells: readonly string[]) => Row {
  const known = new Map(features.map((feature) => [feature.name, createReadCell(feature)]))
  const columns = header.map((name) => ({ name: name.trim(), readCell: known.get(name.trim()) }))
  return (cells) =>
    Object.fromEntries(
      columns.flatMap(({ name, readCell }, i) =>
        cells[i] === '' ? [] : [[name, readCell === undefined ? cells[i] : readCell(cells[i])]],
      ),
    )
}

function absentColumn(
  name: string,
  names: readonly string[],
  features: readonly FeatureSchema[],
  where: string,
): MLError {
  const known = new Set(features.map((feature) => feature.name))
  const nearest = nearestName(
    name,
    names.filter((candidate) => !known.has(candidate)),
  )
  const separator = names.length === 1 ? /[;\t|]/.exec(names[0])?.[0] : undefined
  const advice =
    separator !== undefined
      ? `cells must be separated by commas, and its first line has ${separator === '\t' ? 'tabs' : `'${separator}'`}`
      : nearest === undefined
        ? `its first line names ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}`
        : `did you mean your ${nearest}?`
  return createError('INPUT_INVALID', `${where} has no column ${name}, which the model needs; ${advice}`, {
    details: { feature: name },
  })
}

function wrongWidth(cellCount: number, width: number, lineNumber: number): MLError {
  return createError(
    'INPUT_INVALID',
    `line ${lineNumber}: expected ${width} cells, one a column, got ${cellCount}; put quotes around cells with commas`,
    { details: { line: lineNumber } },
  )
}

function csvError(error: CsvError, where: string, maxByteLength: number): MLError {
  if (error.code === 'CSV_MAX_RECORD_SIZE')
    return createError(
      'LIMIT_EXCEEDED',
      `${where}: a record is longer than ${maxByteLength} characters; is a quote left open?`,
      { cause: error },
    )
  return createError('INPUT_INVALID', `${where}: ${oneLine(error.message)}; the rows after it cannot be told apart`, {
    cause: error,
  })
}
